# Checks metrics: their names, and the arguments of some of them.

#' Metrics
#'
#' How far two rows \eqn{x} and \eqn{y} of \eqn{d} columns are apart: what `metric` and
#' `metric_kwds` of [nearest_neighbors()], [umap()] and others mean.
#'
#' @section Metrics of numbers:
#' | `metric` | distance | takes |
#' | --- | --- | --- |
#' | `"euclidean"` | \eqn{\sqrt{\sum_j (x_j - y_j)^2}} | sparse |
#' | `"sqeuclidean"` | \eqn{\sum_j (x_j - y_j)^2} | sparse |
#' | `"seuclidean"` | \eqn{\sqrt{\sum_j (x_j - y_j)^2 / v_j}} with variances \eqn{v} | `var` |
#' | `"mahalanobis"` | \eqn{\sqrt{(x - y)' V^{-1} (x - y)}} with covariances \eqn{V} | `cov` |
#' | `"manhattan"` | \eqn{\sum_j |x_j - y_j|} | sparse |
#' | `"chebyshev"` | \eqn{\max_j |x_j - y_j|} | sparse |
#' | `"minkowski"` | \eqn{(\sum_j |x_j - y_j|^p)^{1/p}} | `p`, sparse |
#' | `"canberra"` | \eqn{\sum_j |x_j - y_j| / (|x_j| + |y_j|)}, where 0 / 0 counts as 0 | sparse |
#' | `"braycurtis"` | \eqn{\sum_j |x_j - y_j| / \sum_j |x_j + y_j|}; 0 if the latter is 0 | sparse |
#' | `"cosine"` | \eqn{1 - \cos \theta}, \eqn{\theta} being the angle between the rows | sparse |
#' | `"correlation"` | 1 - Pearson's correlation of the rows | sparse |
#' | `"spearman"` | 1 - Spearman's correlation of the rows; ties have their mean rank | |
#' | `"tsss"` | \eqn{|x| |y| |\sin \phi| \, (|x - y| + ||x| - |y||)^2 \, \phi / 2} | sparse |
#' | `"haversine"` | the arc between two points of the unit sphere | |
#' | `"hamming"` | fraction of the columns in which \eqn{x_j \neq y_j} | sparse, packed |
#'
#' For `"tsss"`, \eqn{\phi} is the angle between the rows and ten degrees more, in radians. For
#' `"haversine"` the two columns are latitude and longitude in radians. `"hamming"` compares numbers
#' as floats of 7 digits.
#'
#' @section Metrics of shares:
#' Values must be at least 0; each row is divided by its sum.
#'
#' | `metric` | distance | takes |
#' | --- | --- | --- |
#' | `"hellinger"` | \eqn{\sqrt{1 - \sum_j \sqrt{x_j y_j}}} | sparse |
#' | `"jensenshannon"` | \eqn{\frac{1}{2} \sum_j (x_j \log(x_j / m_j) + y_j \log(y_j / m_j))} | |
#' | `"symmetric_kl"` | \eqn{\frac{1}{2} \sum_j (x_j - y_j) \log(x_j / y_j)} | |
#'
#' In the second, \eqn{m = (x + y) / 2}. For the last two, 1e-11 is added to each value before, so
#' that none is 0.
#'
#' @section Metrics of truth values:
#' Only whether a value is 0 counts. \eqn{b} columns are true (not 0) in both rows, \eqn{u} in only
#' one of them, \eqn{s} only in \eqn{x} and \eqn{t} only in \eqn{y}, so \eqn{u = s + t}. The
#' distance is 0 where \eqn{u = 0}, for `"yule"` where \eqn{st = 0}. All take sparse matrices and
#' packed bits.
#'
#' | `metric` | distance |
#' | --- | --- |
#' | `"jaccard"` | \eqn{u / (b + u)} |
#' | `"dice"` | \eqn{u / (2b + u)} |
#' | `"matching"` | \eqn{u / d} |
#' | `"kulsinski"` | \eqn{(u - b + d) / (u + d)} |
#' | `"rogerstanimoto"`, `"sokalmichener"` | \eqn{2u / (d + u)} |
#' | `"russellrao"` | \eqn{(d - b) / d} |
#' | `"sokalsneath"` | \eqn{u / (b / 2 + u)} |
#' | `"yule"` | \eqn{2st / (b (d - b - u) + st)} |
#'
#' @section A function:
#' `metric` can be an R function of two rows (numeric vectors without names) that returns a number
#' of at least 0, the same when the two change places. It is called once for each pair that is
#' compared, on one thread, so it is slow: about a microsecond and its own time a pair. Only dense
#' matrices will do.
#'
#' @section Parameters of metrics:
#' `metric_kwds` is a list with one element, or `NULL`: `p` for `"minkowski"`, a number of at least
#' 1 (2 unless given); `var` for `"seuclidean"`, a variance for each column; `cov` for
#' `"mahalanobis"`, a covariance matrix. The last two are estimated from the data unless given.
#'
#' @section Awkward rows:
#' A row of zeros has no direction: by `"cosine"` and `"hellinger"` its distance is 0 to other rows
#' of zeros and 1 to all else. So have constant rows by `"correlation"` and `"spearman"`. With
#' `"tsss"` rows of zeros are errors, as are, with a message that names row and column, negative
#' values where shares are compared, latitudes beyond a right angle, and missing or infinite values
#' always. Pairs at distance 2 by `"cosine"`, `"correlation"` and `"spearman"`, or at distance 1 by
#' `"hellinger"`, `"jaccard"` and `"dice"` have nothing in common: they are not neighbors in
#' [fuzzy_graph()].
#'
#' @section Small differences:
#' Comparisons are made in single precision, which holds about seven digits. What most rows of a
#' dense matrix have in common is therefore subtracted in double precision before, where that
#' changes no distance: from each column for `"euclidean"`, `"sqeuclidean"`, `"seuclidean"`,
#' `"mahalanobis"`, `"manhattan"`, `"chebyshev"`, `"minkowski"` and `"hamming"`, and from the rows
#' divided by their length for `"cosine"`, `"correlation"`, `"spearman"` and `"hellinger"`. That is
#' done where values span less than 1/64 of their distance from 0; where only the middle half of a
#' column does, its median is subtracted, so that a few far-out rows do no harm. So rows that
#' differ by 1e-9 around 1, or in direction by 1e-10, are told apart. Differences as small within
#' several groups that lie far apart are lost: such rows count as copies. If that happens to more
#' than 1% of the rows, pairs aside, a warning of class `unfurl_warning_precision` says to how
#' many. Sparse matrices are compared as they are, without a warning.
#'
#' @section Far-out values:
#' Comparisons are made in single precision, after a common power of two has brought huge and tiny
#' values near 1. Metrics of directions, ranks and shares bear values of any size. With the others,
#' rows whose values are all below about 1e-30 of the largest (and below 1e-19, if the largest is
#' below 1e12; for metrics without squares only below 1e-38) count as rows of zeros: a warning says
#' how many. For `"tsss"` they are an error, from 1e-9 of the largest on. New rows, see `query` and
#' [predict()][predict.umap_model], are compared as the old ones were: where they are so large that
#' their squares leave single precision, about 1e19 times the size of ordinary data, they are an
#' error that names the first.
#'
#' @section Sparse matrices and packed bits:
#' Sparse matrices are of class `dgCMatrix`, `lgCMatrix`, `ngCMatrix` or these with `R` for `C`,
#' from the package Matrix, which need not be installed to read them. They are never filled. A
#' matrix of type `raw` holds eight columns a byte, the first in the lowest bit, as [packBits()] has
#' them: `t(apply(x, 1, packBits))` packs a logical matrix whose number of columns is a multiple of
#' 8.
#'
#' @source Definitions agree with umap-learn 0.5 and pynndescent 0.5, except that the sine in
#'   `"tsss"` is taken without its sign, and `"spearman"` is a distance. Heidarian, Dinneen (2016),
#'   A hybrid geometric approach for measuring similarity level among documents and document
#'   clustering, BigDataService 2016, 142-151, \doi{10.1109/BigDataService.2016.14}, for `"tsss"`.
#' @name metrics
#' @examples
#' x <- digits$pixels[1:200, ]
#' nearest_neighbors(x, 5, "minkowski", metric_kwds = list(p = 3))
#' nearest_neighbors(x > 100, 5, "jaccard")
#' nearest_neighbors(x[1:50, ], 5, function(a, b) sum(abs(a - b) > 50))
NULL

metrics_of_shares <- c("hellinger", "jensenshannon", "symmetric_kl")
metrics_of_truth <- c(
  "jaccard", "dice", "matching", "kulsinski", "rogerstanimoto", "russellrao", "sokalmichener",
  "sokalsneath", "yule"
)
metrics <- c(
  "euclidean", "sqeuclidean", "seuclidean", "mahalanobis", "manhattan", "chebyshev", "minkowski",
  "canberra", "braycurtis", "cosine", "correlation", "spearman", "tsss", metrics_of_shares,
  "haversine", "hamming", metrics_of_truth
)

# Names of elements that `metric_kwds` may have.
metric_keywords <- list(minkowski = "p", seuclidean = "var", mahalanobis = "cov")

# A metric as C takes it: list(name, p, spread, fn), and `kwds` as given. `d`: columns of the data,
# where they are known.
check_metric <- function(metric, kwds = NULL, d = NULL) {
  if (is.function(metric)) {
    check_keywords(kwds, "function")
    return(list(name = "function", fn = check_function_of_two(metric, "metric", "two rows")))
  }
  if (identical(metric, "precomputed")) {
    abort_input(
      "metric", "must compare rows, not be \"precomputed\"",
      value = metric,
      hint = paste(
        "Give distances as a `dist` or, with input = \"distance\", as a square matrix; or",
        "neighbors as a list of `idx` and `dist`."
      )
    )
  }
  name <- check_choice(metric, "metric", metrics)
  check_keywords(kwds, name)
  c(
    list(name = name, kwds = kwds),
    switch(name,
      minkowski = list(p = check_power(kwds[["p"]])),
      seuclidean = list(spread = check_variances(kwds[["var"]], d)),
      mahalanobis = list(spread = check_covariances(kwds[["cov"]], d))
    )
  )
}

# Checks before the metric is known: a list with names, whichever they are.
check_keyword_list <- function(kwds) {
  if (identical(kwds, list())) return(NULL)
  if (is.null(kwds) || (is.list(kwds) && !is.null(names(kwds)))) return(kwds)
  abort_input("metric_kwds", "must be a list with names, not ", describe(kwds), value = kwds)
}

check_keywords <- function(kwds, name) {
  known <- metric_keywords[[name]]
  if (is.null(kwds) || identical(kwds, list())) return(invisible())
  is_named <- is.list(kwds) && !is.null(names(kwds))
  if (is_named && all(names(kwds) %in% known) && !anyDuplicated(names(kwds))) return(invisible())
  if (is.null(known)) {
    abort_input(
      "metric_kwds", "must be NULL for the metric \"", name, "\", not ", describe(kwds),
      value = kwds
    )
  }
  abort_input(
    "metric_kwds", "must be a list with the element `", known, "` for the metric \"", name,
    "\", not ", describe(kwds),
    value = kwds
  )
}

check_power <- function(p) {
  if (is.null(p)) return(2)
  check_number(p, "metric_kwds$p", min = 1)
}

check_variances <- function(var, d) {
  if (is.null(var)) return(NULL)
  is_fit <- holds_numbers(var) && is.null(dim(var)) && all(is.finite(var) & var > 0)
  if (is_fit && (is.null(d) || length(var) == d)) return(as.double(var))
  abort_input(
    "metric_kwds$var", "must be a vector of numbers greater than 0, one for each column of `x`, ",
    "not ", describe(var),
    value = var
  )
}

check_covariances <- function(cov, d) {
  if (is.null(cov)) return(NULL)
  is_fit <- is_dense(cov) && holds_numbers(cov) && all(is.finite(cov)) && isSymmetric(unname(cov))
  if (is_fit && (is.null(d) || nrow(cov) == d)) return(as.double(cov))
  abort_input(
    "metric_kwds$cov", "must be a symmetric matrix of numbers with a row for each column of `x`, ",
    "not ", describe(cov),
    value = cov
  )
}

# The metric of given neighbors has only a name.
metric_name <- function(metric) if (is.list(metric)) metric[["name"]] else metric

# R functions are called only on the main thread, in a frame that has the two rows as well.
run_for_metric <- function(run, metric) {
  if (is.list(metric) && !is.null(metric[["fn"]])) {
    run$n_threads <- 1L
    run$frame <- list2env(list(metric = metric[["fn"]]))
  }
  run
}

# Pairs at or beyond it are not neighbors: opposite directions, or rows that have nothing in common.
# As distances have the precision of floats, these pairs may come out a little below the limit.
max_distance <- function(metric) {
  switch(metric,
    cosine = , correlation = , spearman = 2 - 2^-18,
    hellinger = 1 - 2^-19,
    jaccard = , dice = 1,
    Inf
  )
}
