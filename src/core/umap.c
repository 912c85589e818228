/*
 * umap.c: runs UMAP (McInnes, Healy, Melville 2018, algorithm 1), stage after stage.
 */
#include "arith/arith.h"

#include "umap.h"

#include "data/duplicates.h"

/* Points are not needed for the optimization. uf_predict() needs them, and hashes by which it finds
 * duplicates of new rows. */
static uf_status keep_points(uf_context *ctx, uf_data_block *block, int are_kept) {
  uf_status status = UF_OK;
  if (!are_kept) uf_points_free(&block->points);
  if (block->points.n == 0 || block->hash) return UF_OK;
  UF_NEW(ctx, block->hash, block->points.n);
  UF_TRY(uf_hash_rows(ctx, &block->points, block->hash));
done:
  return status;
}

/* Of rows that differ, or are treated as if they did. */
static uf_status embed(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                       const uf_umap_options *options, uf_observer *observer,
                       uf_umap_result *result) {
  uf_status status = UF_OK;
  uf_graph *graph = &result->graph;
  uf_hierarchy hierarchy = {0};
  int d = options->n_components;

  for (int b = 0; b < n_blocks; b++)
    UF_TRY(uf_data_block_join(ctx, &blocks[b], &options->fuzzy, options->seed, graph));
  if (result->distinct.m == 0) uf_warn_of_isolated_vertices(ctx, graph, options->drop_isolated);

  uf_phase(ctx, "initialization");
  if (!result->layout) {
    UF_NEW(ctx, result->layout, (int64_t)graph->n * d);
  }
  UF_TRY(uf_coarsen(ctx, graph, options->seed, &hierarchy));
  const uf_points *points = blocks[0].points.n ? &blocks[0].points : NULL;
  const uf_init_options init = {.method = options->init, .d = d, .seed = options->seed};
  UF_TRY(uf_initial_layout(ctx, &hierarchy, points, &init, result->layout));
  for (int b = 0; b < n_blocks; b++) UF_TRY(keep_points(ctx, &blocks[b], options->keep_points));

  const uf_layout_problem problem = {
      .graph = graph, .hierarchy = &hierarchy, .d = d, .seed = options->seed};
  UF_TRY(uf_layout_optimize(ctx, &problem, &options->layout, observer, result->layout));
done:
  uf_hierarchy_free(&hierarchy);
  return status;
}

/* ---- rows that come more than once ---- */

/* Shows an observer of all rows the layout of the groups. */
typedef struct group_observer {
  uf_context *ctx;
  const uf_row_groups *distinct;
  uf_copy_options copies;
  uf_observer *given;
  uf_observer own;
  float *layout;    /* n × d, for the callback */
  uf_status status; /* of the last callback */
} group_observer;

static int on_epoch(void *data, int epoch, const float *place) {
  group_observer *o = data;
  o->status = uf_place_copies(o->ctx, o->distinct, &o->copies, place, o->layout);
  return o->status || o->given->on_epoch(o->given->data, epoch, o->layout);
}

static uf_status observe_groups(group_observer *o) {
  uf_status status = UF_OK;
  if (!o->given) return UF_OK;
  o->own = *o->given;
  o->own.snapshots = NULL;
  o->own.data = o;
  UF_NEW(o->ctx, o->own.snapshots, (int64_t)o->own.n_snapshots * o->distinct->m * o->copies.d);
  if (!o->given->on_epoch) return UF_OK;
  o->own.on_epoch = on_epoch;
  UF_NEW(o->ctx, o->layout, (int64_t)o->distinct->n * o->copies.d);
done:
  return status;
}

static uf_status expand_snapshots(group_observer *o) {
  uf_status status = UF_OK;
  size_t d = (size_t)o->copies.d, size = (size_t)o->distinct->n * d,
         own_size = (size_t)o->distinct->m * d;
  for (int s = 0; s < o->own.n_snapshots; s++)
    UF_TRY(uf_place_copies(o->ctx, o->distinct, &o->copies, o->own.snapshots + own_size * (size_t)s,
                           o->given->snapshots + size * (size_t)s));
done:
  return status;
}

/* An initial layout that is given: groups begin where their first rows do. */
static void keep_first_rows(const uf_row_groups *distinct, int d, float *layout) {
  if (!layout) return;
  for (int g = 0; g < distinct->m; g++)
    memmove(layout + (size_t)g * (size_t)d,
            layout + (size_t)uf_first_of_group(distinct, g) * (size_t)d,
            (size_t)d * sizeof *layout);
}

static uf_status expand_layout(uf_context *ctx, const uf_row_groups *distinct,
                               const uf_copy_options *options, float **layout) {
  uf_status status = UF_OK;
  float *all = NULL;
  UF_NEW(ctx, all, (int64_t)distinct->n * options->d);
  UF_TRY(uf_place_copies(ctx, distinct, options, *layout, all));
  uf_free(*layout);
  *layout = all;
  all = NULL;
done:
  uf_free(all);
  return status;
}

/* Embeds each of the distinct rows once, then places its copies. */
static uf_status embed_groups(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                              const uf_umap_options *options, uf_observer *observer,
                              uf_umap_result *result) {
  uf_status status = UF_OK;
  const uf_row_groups *distinct = &result->distinct;
  group_observer groups = {.ctx = ctx,
                           .distinct = distinct,
                           .copies = {options->duplicates, options->n_components, options->seed},
                           .given = observer};
  for (int b = 0; b < n_blocks; b++) UF_TRY(uf_distinct_reduce(ctx, distinct, &blocks[b]));
  keep_first_rows(distinct, options->n_components, result->layout);
  UF_TRY(observe_groups(&groups));
  status = embed(ctx, blocks, n_blocks, options, observer ? &groups.own : NULL, result);
  if (groups.status) status = groups.status;
  if (status) goto done;
  uf_span(ctx, 1, 1);
  UF_TRY(expand_snapshots(&groups));
  UF_TRY(expand_layout(ctx, distinct, &groups.copies, &result->layout));
  for (int b = 0; b < n_blocks; b++) UF_TRY(uf_distinct_expand(ctx, distinct, &blocks[b]));
  UF_TRY(uf_distinct_expand_graph(ctx, distinct, &result->graph));
  uf_warn_of_isolated_vertices(ctx, &result->graph, options->drop_isolated);
done:
  uf_free(groups.own.snapshots);
  uf_free(groups.layout);
  return status;
}

static void drop_isolated(const uf_graph *graph, int d, float *layout) {
  if (graph->start[graph->n] == 0) return;
  for (int i = 0; i < graph->n; i++)
    for (int c = 0; c < d && graph->start[i] == graph->start[i + 1]; c++)
      layout[(size_t)i * (size_t)d + (size_t)c] = NAN;
}

uf_status uf_umap(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                  const uf_umap_options *options, uf_observer *observer, uf_umap_result *result) {
  uf_status status = UF_OK;
  for (int b = 0; b < n_blocks; b++) UF_TRY(uf_data_block_prepare(ctx, &blocks[b]));
  if (options->duplicates != UF_DUPLICATES_SEPARATE) {
    UF_TRY(uf_distinct_find(ctx, blocks, n_blocks, &result->distinct));
  }
  status = result->distinct.m > 0 ? embed_groups(ctx, blocks, n_blocks, options, observer, result)
                                  : embed(ctx, blocks, n_blocks, options, observer, result);
  if (!status && options->drop_isolated)
    drop_isolated(&result->graph, options->n_components, result->layout);
done:
  return status;
}

void uf_umap_free(uf_umap_result *result) {
  uf_graph_free(&result->graph);
  uf_free(result->layout);
  uf_row_groups_free(&result->distinct);
  *result = (uf_umap_result){0};
}
