/*
 * layout_kernels.h: the forces of UMAP on 16 vertices at once, and the step of Adam that they lead
 * to. A lane is a vertex, so nothing is ever summed across lanes.
 *
 *   pull of j on i    w_ij 2ab d^(2b - 2) / (1 + a d^2b) (y_j - y_i)
 *   push of k on i    2b / ((0.001 + d²)(1 + a d^2b)) (y_i - y_k), each component cut at ±4
 *
 * (McInnes, Healy, Melville 2018, section 3.2). Adam: Kingma and Ba 2015, algorithm 1.
 */

/* d^2b from d² > 0 */
LANES vf power_of_squared(vf d2, vf b) { return vf_exp2(vf_mul(b, vf_log2(d2))); }

/* d is a constant where it is 2 or 3: the loops over components then vanish. own, difference,
 * force: d lanes each. */
LANES void INLINED step_group(const int d, const uf_layout_step *step, int64_t group,
                              const float *negatives, int n_negatives, vf *own, vf *difference,
                              vf *force) {
  const vf one = vf_set(1.0f), a = vf_set(step->a), b = vf_set(step->b);
  const vf clip = vf_set(4.0f), minus_clip = vf_set(-4.0f);
  float transposed[16];
  const float *start = step->position + 16 * (size_t)group * (size_t)d;
  for (int c = 0; c < d; c++) {
    for (int l = 0; l < 16; l++) transposed[l] = start[l * d + c];
    own[c] = vf_load(transposed);
    force[c] = vf_set(0);
  }

  for (int64_t slot = step->slot_start[group]; slot < step->slot_start[group + 1]; slot++) {
    vi neighbor = vi_load(step->neighbor + 16 * slot);
    if (d == 2) {
      vf_gather_pairs(step->position, neighbor, &difference[0], &difference[1]);
    } else {
      vi first = vi_mul(neighbor, vi_set(d));
      UNROLLED for (int c = 0; c < d; c++) difference[c] = vf_gather(step->position + c, first);
    }
    vf d2 = vf_set(0);
    UNROLLED for (int c = 0; c < d; c++) {
      difference[c] = vf_sub(difference[c], own[c]);
      d2 = vf_fma(difference[c], difference[c], d2);
    }
    d2 = vf_max(d2, vf_set(1e-6f)); /* where both coincide there is no direction to pull in, and no
                                       infinity either */
    vf power = power_of_squared(d2, b);
    vf pull =
        vf_div(vf_mul(vf_load(step->weight + 16 * slot), power), vf_mul(d2, vf_fma(a, power, one)));
    UNROLLED for (int c = 0; c < d; c++) force[c] = vf_fma(pull, difference[c], force[c]);
  }
  UNROLLED for (int c = 0; c < d; c++) force[c] = vf_mul(force[c], vf_set(step->attraction));

  vf scale = vf_mul(vf_load(step->degree + 16 * group), vf_set(step->negative_weight));
  for (int k = 0; k < n_negatives; k++) {
    vf d2 = vf_set(0);
    UNROLLED for (int c = 0; c < d; c++) {
      difference[c] = vf_sub(own[c], vf_set(negatives[(size_t)k * (size_t)d + (size_t)c]));
      d2 = vf_fma(difference[c], difference[c], d2);
    }
    vf power = power_of_squared(vf_max(d2, vf_set(1e-6f)), b);
    vf push =
        vf_div(vf_set(step->repulsion), vf_mul(vf_add(d2, vf_set(0.001f)), vf_fma(a, power, one)));
    UNROLLED for (int c = 0; c < d; c++) {
      vf component = vf_min(vf_max(vf_mul(push, difference[c]), minus_clip), clip);
      force[c] = vf_fma(scale, component, force[c]);
    }
  }

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
  for (int64_t group = from; group < to; group++) {
    vf own[3], difference[3], force[3];
    if (step->d == 2) {
      step_group(2, step, group, negatives, n_negatives, own, difference, force);
    } else if (step->d == 3) {
      step_group(3, step, group, negatives, n_negatives, own, difference, force);
    } else {
      vf *lanes = (vf *)(void *)scratch;
      step_group(step->d, step, group, negatives, n_negatives, lanes, lanes + step->d,
                 lanes + 2 * step->d);
    }
  }
}
