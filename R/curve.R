# Fits the similarity 1 / (1 + a d^(2b)) of two points at distance d in the layout.

#' The curve of the low-dimensional similarity
#'
#' In the layout, two points at distance \eqn{d} have the similarity
#' \eqn{1 / (1 + a d^{2b})}{1 / (1 + a d^(2b))}. This function finds the `a` and `b` with which the
#' curve comes closest, by least squares at 300 distances between 0 and `3 * spread`, to 1 for
#' distances up to `min_dist` and \eqn{\exp(-(d - min\_dist) / spread)}{exp(-(d - min_dist) /
#' spread)} beyond.
#'
#' @param min_dist Distance in the layout up to which points count as together: small values pack
#'   clumps tightly. From 0 to `spread`.
#' @param spread Scale of the layout: the distance over which similarity falls by a factor of
#'   \eqn{e}. Greater than 0.
#' @return A named numeric vector of `a` and `b`.
#' @source McInnes, Healy, Melville (2018), section 3.2 and definition 11,
#'   \doi{10.48550/arXiv.1802.03426}.
#' @examples
#' ab <- fit_curve(min_dist = 0.1)
#' ab
#' distance <- seq(0, 3, length.out = 300)
#' plot(distance, pmin(1, exp(-(distance - 0.1))), type = "l", lty = 2, ylab = "similarity")
#' lines(distance, 1 / (1 + ab["a"] * distance^(2 * ab["b"])))
#' @export
fit_curve <- function(min_dist = 0.1, spread = 1) {
  min_dist <- check_number(min_dist, "min_dist", min = 0)
  spread <- check_number(spread, "spread", min = 0, open = TRUE)
  if (min_dist > spread) {
    abort_input(
      "min_dist", "must be at most `spread`, ", spread, ", not ", min_dist,
      value = min_dist
    )
  }
  curve <- .Call(C_fit_curve, min_dist, spread)
  if (!all(is.finite(curve) & curve > 0)) {
    abort_input(
      "spread", "must be a scale for which the curve can be computed, not ", spread,
      value = spread
    )
  }
  c(a = curve[1], b = curve[2])
}

# Returns a and b as given, else fitted.
resolve_curve <- function(min_dist, spread, a, b) {
  check_curve(a, b)
  if (is.null(a)) return(fit_curve(min_dist, spread))
  check_number(min_dist, "min_dist", min = 0)
  check_number(spread, "spread", min = 0, open = TRUE)
  c(a = as.double(a), b = as.double(b))
}

check_curve <- function(a, b) {
  if (is.null(a) != is.null(b)) {
    abort_input(
      if (is.null(a)) "a" else "b", "must be a number, not NULL, where `",
      if (is.null(a)) "b" else "a", "` is ", describe(if (is.null(a)) b else a)
    )
  }
  if (is.null(a)) return(invisible())
  check_number(a, "a", min = 0, open = TRUE)
  check_number(b, "b", min = 0, open = TRUE)
}
