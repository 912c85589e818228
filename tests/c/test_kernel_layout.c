/* test_kernel_layout.c: every instruction set moves the layout as the scalar kernels do, bit for
 * bit, and these agree with plain double arithmetic. */
#include "arith/arith.h"

#include "check.h"
#include "kernel_fixtures.h"

enum { GROUPS = 6, VERTICES = 16 * GROUPS, NEGATIVES = 11 };

typedef struct layout_case {
  uf_layout_step step;
  int64_t start[GROUPS + 1];
  float *position, *next, *degree, *moment1, *moment2, *weight, *negatives, *scratch;
  int32_t *neighbor;
} layout_case;

/* Group 2 has no edges; half of the lanes are empty; some neighbors and negatives lie where the
 * vertex lies. */
static layout_case layout_case_make(int d, float size, float b) {
  layout_case c = {0};
  for (int g = 0; g < GROUPS; g++) c.start[g + 1] = c.start[g] + (g == 2 ? 0 : 1 + 3 * g);
  int64_t slots = c.start[GROUPS];
  c.position = random_floats(VERTICES * d, -size, size);
  c.next = random_floats(VERTICES * d, 5, 6);
  c.degree = new_floats(VERTICES);
  c.moment1 = random_floats(VERTICES * d, -1, 1);
  c.moment2 = random_floats(VERTICES * d, 0, 1);
  c.weight = new_floats(slots * 16);
  c.neighbor = new_array(slots * 16, sizeof *c.neighbor);
  c.negatives = random_floats(NEGATIVES * d, -size, size);
  c.scratch = new_floats(48 * d);
  memcpy(c.position + 7 * d, c.position + 40 * d, (size_t)d * sizeof(float));
  memcpy(c.negatives, c.position + 5 * d, (size_t)d * sizeof(float));
  for (int g = 0; g < GROUPS; g++)
    for (int64_t at = 16 * c.start[g]; at < 16 * c.start[g + 1]; at++) {
      int vertex = 16 * g + (int)(at % 16);
      c.neighbor[at] = vertex == 7 ? 40 : next_index(3) ? next_index(VERTICES) : vertex;
      c.weight[at] = next_index(2) ? next_in(0, 1) : 0;
      c.degree[vertex] += c.weight[at];
    }
  for (int i = 0; i < 16 * d; i++) c.moment1[i] = c.moment2[i] = 0; /* as in the first epoch */
  c.step = (uf_layout_step){.d = d,
                            .position = c.position,
                            .next = c.next,
                            .neighbor = c.neighbor,
                            .weight = c.weight,
                            .degree = c.degree,
                            .moment1 = c.moment1,
                            .moment2 = c.moment2,
                            .a = 1.577f,
                            .b = b,
                            .attraction = 2 * 2 * 1.577f * 0.895f,
                            .repulsion = 2 * 0.895f,
                            .softening = 0.001f,
                            .clip = 4,
                            .nearest = 1e-6f,
                            .farthest = 1e38f,
                            .negative_weight = 5.0f / NEGATIVES,
                            .beta1 = 0.9f,
                            .beta2 = 0.99f,
                            .correction1 = 1 / 0.19f,
                            .correction2 = 1 / 0.0199f,
                            .learning_rate = 0.3f,
                            .epsilon = 1e-7f};
  return c;
}

static void layout_case_free(layout_case *c) {
  float *const all[] = {c->position, c->next,   c->degree,    c->moment1,
                        c->moment2,  c->weight, c->negatives, c->scratch};
  for (int i = 0; i < 8; i++) uf_free(all[i]);
  uf_free(c->neighbor);
}

/* What the step says, in double: the force on one vertex, and the sum of the sizes of its parts. */
static void plain_force(const layout_case *c, int vertex, double *force, double *size) {
  const uf_layout_step *s = &c->step;
  const float *own = c->position + vertex * s->d;
  for (int k = 0; k < s->d; k++) force[k] = size[k] = 0;
  for (int64_t slot = c->start[vertex / 16]; slot < c->start[vertex / 16 + 1]; slot++) {
    const float *other = c->position + c->neighbor[16 * slot + vertex % 16] * s->d;
    double d2 = 0;
    for (int k = 0; k < s->d; k++) d2 += ((double)other[k] - own[k]) * ((double)other[k] - own[k]);
    d2 = fmax(d2, s->nearest);
    double pull = s->attraction * c->weight[16 * slot + vertex % 16] * pow(d2, s->b - 1) /
                  (1 + s->a * pow(d2, s->b));
    for (int k = 0; k < s->d; k++) {
      double term = pull * ((double)other[k] - own[k]);
      force[k] += term;
      size[k] += fabs(term);
    }
  }
  for (int i = 0; i < NEGATIVES; i++) {
    const float *other = c->negatives + i * s->d;
    double d2 = 0;
    for (int k = 0; k < s->d; k++) d2 += ((double)own[k] - other[k]) * ((double)own[k] - other[k]);
    d2 = fmax(d2, s->nearest);
    double push = s->repulsion / ((s->softening + d2) * (1 + s->a * pow(d2, s->b)));
    for (int k = 0; k < s->d; k++) {
      double term = c->degree[vertex] * s->negative_weight *
                    fmax(-s->clip, fmin(s->clip, push * ((double)own[k] - other[k])));
      force[k] += term;
      size[k] += fabs(term);
    }
  }
}

/* The means after one step are beta m + (1 - beta) g: the kernel's force is read off them. */
static void check_layout_against_plain(const layout_case *before, const layout_case *after) {
  const uf_layout_step *s = &before->step;
  int d = s->d;
  double force[8], size[8];
  for (int vertex = 0; vertex < VERTICES; vertex++) {
    plain_force(before, vertex, force, size);
    for (int k = 0; k < d; k++) {
      int at = 16 * (vertex / 16 * d + k) + vertex % 16;
      double m1 = s->beta1 * before->moment1[at] + (1 - s->beta1) * force[k];
      double m2 = s->beta2 * before->moment2[at] + (1 - s->beta2) * force[k] * force[k];
      CHECK_CLOSE(after->moment1[at], m1, 3e-4 * (1 + size[k])); /* the power is good to 2e-4 */
      CHECK_CLOSE(after->moment2[at], m2, 6e-4 * (1 + size[k] * size[k]));
      /* the move, from the kernel's own means: a force near zero makes the quotient anything */
      double a1 = after->moment1[at], a2 = after->moment2[at];
      double move =
          s->learning_rate * a1 * s->correction1 / (sqrt(a2 * s->correction2) + s->epsilon);
      CHECK_CLOSE(after->next[vertex * d + k], before->position[vertex * d + k] + move, 1e-5);
    }
  }
}

static layout_case layout_case_run(const layout_case *before, const uf_kernels *table, int from,
                                   int to) {
  layout_case after = *before;
  int64_t n = VERTICES * before->step.d;
  after.step.next = after.next = copy_of(before->next, n);
  after.step.moment1 = after.moment1 = copy_of(before->moment1, n);
  after.step.moment2 = after.moment2 = copy_of(before->moment2, n);
  after.step.slot_start = before->start;
  table->layout_step(&after.step, from, to, before->negatives, NEGATIVES, before->scratch);
  return after;
}

static void layout_case_free_run(layout_case *after) {
  uf_free(after->next);
  uf_free(after->moment1);
  uf_free(after->moment2);
}

static int same_layout(const layout_case *x, const layout_case *y) {
  int64_t n = VERTICES * x->step.d;
  return same_floats(x->next, y->next, n) && same_floats(x->moment1, y->moment1, n) &&
         same_floats(x->moment2, y->moment2, n);
}

static void check_finite(const layout_case *c) {
  for (int i = 0; i < VERTICES * c->step.d; i++)
    CHECK(isfinite(c->next[i]) && isfinite(c->moment1[i]) && isfinite(c->moment2[i]));
}

/* Two calls that share the work do what one does, and leave other groups alone. */
static void check_parts(const layout_case *before, const layout_case *whole,
                        const uf_kernels *table) {
  layout_case first = layout_case_run(before, table, 0, 4);
  int d = before->step.d;
  CHECK(same_floats(first.next, whole->next, 64 * d));
  CHECK(same_floats(first.next + 64 * d, before->next + 64 * d, (VERTICES - 64) * d));
  CHECK(same_floats(first.moment1 + 64 * d, before->moment1 + 64 * d, (VERTICES - 64) * d));
  layout_case_free_run(&first);
}

TEST(layout_steps) {
  const int d[] = {1, 2, 3, 5, 8};
  const float size[] = {10, 0.01f, 1000};
  for (int i = 0; i < 5; i++)
    for (int s = 0; s < 6; s++) {
      float b = s % 2 ? 1 : 0.895f; /* t-UMAP has 1 */
      layout_case before = layout_case_make(d[i], size[s / 2], b);
      layout_case wanted = layout_case_run(&before, scalar, 0, GROUPS);
      check_finite(&wanted);
      check_parts(&before, &wanted, scalar);
      if (s < 2) check_layout_against_plain(&before, &wanted);
      for (int t = 0; t < n_tables; t++) {
        layout_case got = layout_case_run(&before, tables[t], 0, GROUPS);
        CHECK(same_layout(&got, &wanted));
        check_parts(&before, &got, tables[t]);
        layout_case_free_run(&got);
      }
      layout_case_free_run(&wanted);
      layout_case_free(&before);
    }
}

static void all(void) { RUN(layout_steps); }

int main(void) { return kernel_tests(all); }
