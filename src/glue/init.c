#include "entry_points.h"

#include <R_ext/Rdynload.h>

#define ENTRY(name, arguments)                                                                     \
  { #name, (DL_FUNC)(void (*)(void)) & unfurl_##name, arguments }

static const R_CallMethodDef entries[] = {
    ENTRY(nearest_neighbors, 7),
    ENTRY(query_neighbors, 8),
    ENTRY(neighbor_recall, 6),
    ENTRY(smooth_knn, 6),
    ENTRY(fuzzy_graph, 7),
    ENTRY(fit_curve, 2),
    ENTRY(initial_layout, 10),
    ENTRY(optimize_layout, 7),
    ENTRY(layout_loss, 6),
    ENTRY(quality, 8),
    ENTRY(graph_components, 5),
    ENTRY(umap, 5),
    ENTRY(make_transform, 5),
    ENTRY(apply_transform, 3),
    ENTRY(predict, 5),
    ENTRY(join_views, 6),
    ENTRY(intersect_graphs, 4),
    ENTRY(processors, 0),
    {NULL, NULL, 0},
};

void R_init_unfurl(DllInfo *dll) {
  R_registerRoutines(dll, NULL, entries, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
