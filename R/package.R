#' unfurl: fast and exactly reproducible UMAP embeddings
#'
#' Uniform Manifold Approximation and Projection (UMAP; McInnes, Healy and Melville 2018) draws
#' high-dimensional data in the plane, or in any other low dimension, so that neighbors stay
#' neighbors. [umap()] does it in one call; [umap_fit()] keeps what was found on the way. Each stage
#' is a function:
#'
#' | stage | function |
#' |---|---|
#' | nearest neighbors | [nearest_neighbors()] |
#' | local scale | [smooth_knn()] |
#' | fuzzy graph | [fuzzy_graph()] |
#' | targets and other graphs | [supervise_graph()], [intersect_graphs()] |
#' | curve of the low-dimensional similarity | [fit_curve()] |
#' | initialization | [initial_layout()] |
#' | optimization | [optimize_layout()] |
#' | quality | [neighbor_recall()], [embedding_quality()], [point_quality()], [local_dimension()] |
#'
#' For pictures see [plot.umap_embedding()], [plot.umap_model()] and [plot.umap_snapshots()]; for a
#' tour the vignettes: `vignette("get-started", "unfurl")`, and stage by stage
#' `vignette("umap-from-scratch", "unfurl")`; `vignette("mixed-data", "unfurl")` is about
#' categories and several metrics; `vignette("coming-from", "unfurl")` compares the arguments with
#' their equivalents in uwot and umap-learn.
#'
#' @section Reproducibility:
#' The same data, arguments and seed give the same coordinates, bit for bit, on any number of
#' threads, processor and operating system: see [reproducibility].
#'
#' @section Options and environment variables:
#' - option `unfurl.threads`, environment variable `UNFURL_THREADS`: number of threads where the
#'   argument `n_threads` is not given; otherwise all processors that the process may use, or the
#'   environment variable `OMP_NUM_THREADS` if that is fewer. Never more than the environment
#'   variable `OMP_THREAD_LIMIT`, nor than two while CRAN's checks run.
#' - option `unfurl.max_memory`: bytes that a run may take; otherwise what the system has to give
#'   (on Linux, where control groups of version 2, as containers have, are respected for processors
#'   too). A run that would take more is an error of class `unfurl_error_memory` before it begins;
#'   `Inf` lets it try all the same.
#' - option `unfurl.verbose`: whether progress is shown; otherwise it is in interactive sessions.
#' - option `unfurl.mnist`, environment variable `UNFURL_MNIST`: directory of the files of
#'   [mnist()].
#' - environment variable `UNFURL_ISA` (`scalar`, `avx2`, ...): a highest instruction set, for
#'   tests; it does not change results.
#'
#' @references McInnes, Healy, Melville (2018). UMAP: Uniform Manifold Approximation and Projection
#'   for Dimension Reduction. \doi{10.48550/arXiv.1802.03426}
#' @useDynLib unfurl, .registration = TRUE, .fixes = "C_"
#' @keywords internal
"_PACKAGE"
