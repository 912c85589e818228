# Draws with ggplot2: the methods of autoplot(), which are registered when ggplot2 is loaded.

#' Pictures with ggplot2
#'
#' `autoplot()` returns a ggplot of an embedding, a model or snapshots, to which further layers,
#' scales and themes can be added. It shows the same as [plot()][plot.umap_embedding].
#'
#' The generic function belongs to the package ggplot2: attach that package, or call
#' `ggplot2::autoplot()`.
#'
#' @param object An embedding from [umap()], a model from [umap_fit()], or layouts from
#'   [optimize_layout()] with `snapshots`.
#' @param label A vector or factor with a label for each point, or `NULL`; by default the labels
#'   that were given to [umap()] or [umap_fit()].
#' @param dims,label_medians,cex,alpha,raster,title,edges,limits See [plot.umap_embedding()].
#' @param connectivity,diagnostic,data See [plot.umap_model()].
#' @param ... For a model, further arguments of the method for embeddings; else it must be empty.
#' @return A ggplot, which is drawn when it is printed.
#' @seealso [plot.umap_embedding()], [plot.umap_model()] and [plot.umap_snapshots()] for what is
#'   drawn and how the arguments change it.
#' @examples
#' if (requireNamespace("ggplot2", quietly = TRUE)) {
#'   model <- umap_fit(iris[1:4], labels = iris$Species, snapshots = c(0, 50, 500))
#'   print(ggplot2::autoplot(as.data.frame(model)) + ggplot2::ggtitle("150 flowers"))
#'   print(ggplot2::autoplot(model, diagnostic = "local_dimension"))
#'   print(ggplot2::autoplot(model$snapshots))
#' }
#' @name autoplot.umap_embedding
#' @aliases autoplot
#' @usage
#' \method{autoplot}{umap_embedding}(object, dims = c(1, 2), label = object[["label"]],
#'   label_medians = FALSE, cex = NULL, alpha = NULL, raster = NULL,
#'   title = NULL, edges = NULL, limits = NULL, ...)
#' @exportS3Method ggplot2::autoplot
autoplot.umap_embedding <- function(object, dims = c(1, 2), label = object[["label"]],
                                    label_medians = FALSE, cex = NULL, alpha = NULL, raster = NULL,
                                    title = NULL, edges = NULL, limits = NULL, ...) {
  check_no_dots(...)
  check_drawable(object, "object")
  draw_ggplot(naming_argument("object", new_picture(
    object, dims, label, label_medians, cex, alpha, raster, title, edges, limits
  )))
}

#' @rdname autoplot.umap_embedding
#' @usage
#' \method{autoplot}{umap_model}(object, label = object[["labels"]], title = NULL,
#'   connectivity = FALSE, diagnostic = NULL, data = NULL, limits = NULL, ...)
#' @exportS3Method ggplot2::autoplot
autoplot.umap_model <- function(object, label = object[["labels"]], title = NULL,
                                connectivity = FALSE, diagnostic = NULL, data = NULL,
                                limits = NULL, ...) {
  object <- check_model(object)
  check_flag(connectivity, "connectivity")
  known <- c(names(formals(autoplot.umap_model)), names(formals(autoplot.umap_embedding)))
  check_dot_names(list(...), known, "autoplot()")
  shown <- diagnose(object, diagnostic, data, list(label = label, title = title, limits = limits))
  draw_model(ggplot2::autoplot, object, shown, connectivity, ...)
}

#' @rdname autoplot.umap_embedding
#' @usage
#' \method{autoplot}{umap_snapshots}(object, label = attr(object, "labels"), cex = NULL,
#'   alpha = NULL, raster = NULL, title = NULL, ...)
#' @exportS3Method ggplot2::autoplot
autoplot.umap_snapshots <- function(object, label = attr(object, "labels"), cex = NULL,
                                    alpha = NULL, raster = NULL, title = NULL, ...) {
  check_no_dots(...)
  object <- check_snapshots(object, "object")
  panels <- new_panels(object, label, cex, alpha, raster, title)
  draw_ggplot_panels(naming_argument("object", panels))
}
