# Brings columns of numbers to a common scale, and computes their principal components, before
# anything is compared. What the data decide is kept with the model and applied to new data.

scales <- c("none", "z", "range", "colrange", "maxabs")

# uwot's spellings are accepted as well. NULL where the data decide.
check_scale <- function(scale) {
  if (is.null(scale)) return(NULL)
  if (isTRUE(scale)) return("z")
  if (isFALSE(scale)) return("none")
  if (is_text(scale)) {
    scale <- tolower(scale)
    if (identical(scale, "scale")) return("z")
  }
  check_choice(scale, "scale", scales)
}

check_pca <- function(pca) if (is.null(pca)) NULL else check_whole(pca, "pca", min = 1)

# Where nothing is said, numbers next to categories are scaled, if the metric allows it.
default_scale <- function(metric, is_mixed) {
  is_bound <- is.character(metric) &&
    metric %in% c(metrics_of_truth, metrics_of_shares, "haversine", "hamming")
  if (is_mixed && !is_bound) "z" else "none"
}

n_directions_of <- function(pca, x) if (is.null(pca) || pca >= n_columns(x)) 0L else pca

# Why columns changed by `arg`, "scale" or "pca", mean nothing to a metric; NULL where they do.
objection <- function(metric, arg, scale) {
  if (!is.character(metric)) return(NULL)
  if (metric %in% metrics_of_truth) return("which asks what is 0")
  if (metric == "haversine") return("which takes angles")
  if (metric == "hamming" && arg == "pca") return("which asks what is equal")
  is_centered <- arg == "pca" || scale %in% c("z", "maxabs")
  if (metric %in% metrics_of_shares && is_centered) "which takes no negative values"
}

check_standardization <- function(metric, scale, n_directions) {
  for (arg in c(if (scale != "none") "scale", if (n_directions > 0) "pca")) {
    why <- objection(metric, arg, scale)
    if (is.null(why)) next
    abort_input(
      arg, "cannot be combined with the metric \"", metric, "\", ", why,
      value = if (arg == "scale") scale else n_directions,
      hint = "Leave it out, or choose a different metric, such as \"euclidean\"."
    )
  }
}

# How to standardize a matrix and rows like its own, or NULL where it stays as it is.
find_standardization <- function(x, scale, pca, seed, run) {
  n_directions <- n_directions_of(pca, x)
  if (scale == "none" && n_directions == 0) return(NULL)
  if (matrix_form(x) != "dense") {
    abort_input(
      if (scale == "none") "pca" else "scale", "needs a dense matrix, not a ", matrix_form(x),
      " one",
      value = if (scale == "none") pca else scale,
      hint = "Make it dense by as.matrix(), if memory allows."
    )
  }
  .Call(C_make_standardization, x, scale, n_directions, seed, run)
}

standardize <- function(x, standardization, run) {
  if (is.null(standardization)) return(x)
  standardized <- .Call(C_standardize, x, standardization, run)
  rownames(standardized) <- rownames(x)
  standardized
}
