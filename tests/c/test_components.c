/* test_components.c: connected components of graphs. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "graph/components.h"

static void find(const double *w, int n, uf_components *components) {
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  fixture_graph(&ctx, n, w, &graph);
  CHECK(uf_components_find(&ctx, &graph, components) == UF_OK);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

/* Members and labels tell the same story; labels are numbered by their first vertex. */
static void check_components(const uf_components *c, int n, int count) {
  int seen = 0;
  CHECK(c->n == n && c->count == count && c->start[0] == 0 && c->start[count] == n);
  for (int i = 0; i < n; i++) {
    CHECK(c->component[i] >= 0 && c->component[i] <= seen);
    seen += c->component[i] == seen;
  }
  CHECK(seen == count);
  for (int k = 0; k < count; k++) {
    CHECK(c->start[k + 1] > c->start[k]);
    for (int m = c->start[k]; m < c->start[k + 1]; m++) {
      CHECK(c->component[c->member[m]] == k);
      if (m > c->start[k]) CHECK(c->member[m] > c->member[m - 1]);
    }
  }
}

TEST(components) {
  enum { N = 12 };
  uf_components c;
  double *none = fixture_doubles(N * N), *path = fixture_path(N), *cliques = fixture_cliques(N, 4);
  find(none, N, &c);
  check_components(&c, N, N);
  uf_components_free(&c);
  find(path, N, &c);
  check_components(&c, N, 1);
  uf_components_free(&c);
  find(cliques, N, &c);
  check_components(&c, N, 3);
  CHECK(c.component[3] == 0 && c.component[4] == 1 && c.component[11] == 2);
  uf_components_free(&c);
  fixture_edge(none, N, 1, 9, 0.5);
  fixture_edge(none, N, 9, 4, 1e-6);
  fixture_edge(none, N, 11, 0, 0.5);
  find(none, N, &c);
  check_components(&c, N, 9);
  CHECK(c.component[4] == 1 && c.component[11] == 0 && c.component[2] == 2 && c.component[10] == 8);
  uf_components_free(&c);
  free(none);
  free(path);
  free(cliques);
}

int main(void) {
  RUN(components);
  return check_report();
}
