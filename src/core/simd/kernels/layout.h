/*
 * simd/kernels/layout.h: one epoch of the layout for groups of 16 vertices. A lane is a vertex, so
 * nothing is ever summed across lanes.
 *
 *   pull of j on i    w_ij 2ab d^(2b - 2) / (1 + a d^2b) (y_j - y_i)
 *   push of k on i    2b / ((softening + d²)(1 + a d^2b)) (y_i - y_k), each component cut at ±clip
 *
 * (McInnes, Healy, Melville 2018, section 3.2), then one step of Adam (Kingma and Ba 2015,
 * algorithm 1):
 *
 *   m ← β₁ m + (1 - β₁) f,    v ← β₂ v + (1 - β₂) f²,
 *   y ← y + α c₁ m / (√(c₂ v) + ε),    c = 1 / (1 - β^t)
 *
 * Contract: uf_layout_step in simd/kernels.h gives the shapes; squared distances are bounded to
 * [nearest, farthest], where forces are finite and powers normal; `position` is only read, `next`
 * only written, and the moments of a group belong to the caller's block of groups. scratch: 48 d
 * floats that begin on a cache line; read only where d > 3.
 */

/*
 * d^2b from d², for a normal d² and a result that is normal as well: log2 and exp2 by polynomials
 * of degree 4 and 3. The relative error of 2e-4 does not show in a layout, where forces are
 * sampled.
 */
LANES vf power_of_squared(vf d2, vf b) {
  const int32_t sqrt_half = 0x3f3504f3;
  vi exponent = vi_shift_right23(vi_sub(vf_bits(d2), vi_set(sqrt_half)));
  vf t = vf_sub(vi_bits(vi_sub(vf_bits(d2), vi_shift_left23(exponent))), vf_set(1.0f));
  vf log2 = vf_fma(vf_set(-3.296315509e-01f), t, vf_set(5.175124910e-01f));
  log2 = vf_fma(log2, t, vf_set(-7.249043885e-01f));
  log2 = vf_fma(log2, t, vf_set(1.441760498e+00f));
  log2 = vf_fma(log2, t, vi_to_float(exponent));
  vf x = vf_mul(b, log2);
  vi whole = vf_round(x);
  vf f = vf_sub(x, vi_to_float(whole));
  vf p = vf_fma(vf_set(5.517171923e-02f), f, vf_set(2.426113524e-01f));
  p = vf_fma(p, f, vf_set(6.932609971e-01f));
  p = vf_fma(p, f, vf_set(9.999280600e-01f));
  return vi_bits(vi_add(vf_bits(p), vi_shift_left23(whole)));
}

/* Within the bounds where forces are finite and powers normal. */
LANES vf bounded(const uf_layout_step *step, vf d2) {
  return vf_min(vf_max(d2, vf_set(step->nearest)), vf_set(step->farthest));
}

/*
 * Adds the pull of a slot's 16 neighbors to `force`. d is a constant where it is 2 or 3: the loops
 * over components then vanish; so is unit_power, that b is 1.
 */
LANES void INLINED add_pull(const int d, const int unit_power, const uf_layout_step *step,
                            int64_t slot, const vf *own, vf *difference, vf *force) {
  const int32_t *neighbor = step->neighbor + 16 * slot;
  if (d == 2) {
    vf_gather_pairs(step->position, neighbor, &difference[0], &difference[1]);
  } else {
    vi first = vi_mul(vi_load(neighbor), vi_set(d));
    UNROLLED for (int c = 0; c < d; c++) difference[c] = vf_gather(step->position + c, first);
  }
  vf d2 = vf_set(0);
  UNROLLED for (int c = 0; c < d; c++) {
    difference[c] = vf_sub(difference[c], own[c]);
    d2 = vf_fma(difference[c], difference[c], d2);
  }
  d2 = bounded(step, d2);
  vf weight = vf_load(step->weight + 16 * slot), a = vf_set(step->a), one = vf_set(1.0f), pull;
  if (unit_power) {
    pull = vf_div(weight, vf_fma(a, d2, one));
  } else {
    vf power = power_of_squared(d2, vf_set(step->b));
    pull = vf_div(vf_mul(weight, power), vf_mul(d2, vf_fma(a, power, one)));
  }
  UNROLLED for (int c = 0; c < d; c++) force[c] = vf_fma(pull, difference[c], force[c]);
}

/* Adds `scale` times the push of one vertex, the same for all lanes. */
LANES void INLINED add_push(const int d, const int unit_power, const uf_layout_step *step,
                            const float *negative, vf scale, const vf *own, vf *difference,
                            vf *force) {
  const vf clip = vf_set(step->clip), minus_clip = vf_set(-step->clip);
  vf d2 = vf_set(0);
  UNROLLED for (int c = 0; c < d; c++) {
    difference[c] = vf_sub(own[c], vf_set(negative[c]));
    d2 = vf_fma(difference[c], difference[c], d2);
  }
  d2 = bounded(step, d2);
  vf power = unit_power ? d2 : power_of_squared(d2, vf_set(step->b));
  vf push = vf_div(vf_set(step->repulsion), vf_mul(vf_add(d2, vf_set(step->softening)),
                                                   vf_fma(vf_set(step->a), power, vf_set(1.0f))));
  UNROLLED for (int c = 0; c < d; c++) {
    vf component = vf_min(vf_max(vf_mul(push, difference[c]), minus_clip), clip);
    force[c] = vf_fma(scale, component, force[c]);
  }
}

/* own, difference, force: d lanes each. */
LANES void INLINED step_group(const int d, const int unit_power, const uf_layout_step *step,
                              int64_t group, const float *negatives, int n_negatives, vf *own,
                              vf *difference, vf *force) {
  float transposed[16];
  const float *start = step->position + 16 * (size_t)group * (size_t)d;
  for (int c = 0; c < d; c++) {
    for (int l = 0; l < 16; l++) transposed[l] = start[l * d + c];
    own[c] = vf_load(transposed);
    force[c] = vf_set(0);
  }
  for (int64_t slot = step->slot_start[group]; slot < step->slot_start[group + 1]; slot++)
    add_pull(d, unit_power, step, slot, own, difference, force);
  UNROLLED for (int c = 0; c < d; c++) force[c] = vf_mul(force[c], vf_set(step->attraction));
  vf scale = vf_mul(vf_load(step->degree + 16 * group), vf_set(step->negative_weight));
  for (int k = 0; k < n_negatives; k++)
    add_push(d, unit_power, step, negatives + (size_t)k * (size_t)d, scale, own, difference, force);

  float *end = step->next + 16 * (size_t)group * (size_t)d;
  for (int c = 0; c < d; c++) {
    size_t at = 16 * ((size_t)group * (size_t)d + (size_t)c);
    vf m1 = vf_load(step->moment1 + at), m2 = vf_load(step->moment2 + at);
    m1 = vf_fma(vf_set(step->beta1), vf_sub(m1, force[c]), force[c]);
    m2 = vf_fma(vf_set(step->beta2), vf_sub(m2, vf_mul(force[c], force[c])),
                vf_mul(force[c], force[c]));
    vf_store(step->moment1 + at, m1);
    vf_store(step->moment2 + at, m2);
    vf root = vf_sqrt(vf_mul(m2, vf_set(step->correction2)));
    vf move = vf_div(vf_mul(m1, vf_set(step->learning_rate * step->correction1)),
                     vf_add(root, vf_set(step->epsilon)));
    vf_store(transposed, vf_add(own[c], move));
    for (int l = 0; l < 16; l++) end[l * d + c] = transposed[l];
  }
}

LANES void layout_step(const uf_layout_step *step, int64_t from, int64_t to, const float *negatives,
                       int n_negatives, float *scratch) {
  vf few[9], *own = step->d <= 3 ? few : (vf *)(void *)scratch;
  vf *difference = own + step->d, *force = difference + step->d;
  int unit_power = step->b == 1;
  for (int64_t group = from; group < to; group++) {
    if (step->d == 2 && !unit_power)
      step_group(2, 0, step, group, negatives, n_negatives, own, difference, force);
    else if (step->d == 2)
      step_group(2, 1, step, group, negatives, n_negatives, own, difference, force);
    else if (step->d == 3)
      step_group(3, unit_power, step, group, negatives, n_negatives, own, difference, force);
    else
      step_group(step->d, unit_power, step, group, negatives, n_negatives, own, difference, force);
  }
}
