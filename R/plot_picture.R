# Computes what a picture shows: points, their labels and sizes, edges, names. How it is drawn is in
# plot_base.R and plot_ggplot.R.

# Points in the order of drawing, with all that the two ways of drawing have in common.
new_picture <- function(embedding, dims = c(1, 2), label = NULL, label_medians = FALSE,
                        cex = NULL, alpha = NULL, raster = NULL, title = NULL, edges = NULL,
                        limits = NULL) {
  n <- nrow(embedding)
  title <- check_title(title)
  label <- check_plot_labels(label, n)
  limits <- check_limits(limits, label)
  axes <- plot_axes(embedding, dims, label)
  has_place <- check_places(axes)
  if (is.null(raster)) raster <- n > 1e5
  picture <- list(
    x = axes$x, y = axes$y, xlab = axes$xlab, ylab = axes$ylab, strips = axes$strips,
    is_plane = is.null(axes$ylim), ylim = axes$ylim,
    label = label, scale = color_scale(label, title, limits),
    cex = if (is.null(cex)) point_size(n) else check_sizes(cex, n),
    alpha = if (is.null(alpha)) point_alpha(n) else check_number(alpha, "alpha", 0, 1),
    raster = check_flag(raster, "raster"), order = drawing_order(label, n, has_place),
    medians = if (check_flag(label_medians, "label_medians")) label_medians_of(axes, label)
  )
  if (!is.null(edges)) picture$edges <- plot_edges(edges, axes, has_place)
  picture
}

# Makes a picture for each snapshot, with smaller points the more panels share the room.
new_panels <- function(snapshots, label, cex, alpha, raster, title) {
  if (is.null(cex)) cex <- point_size(nrow(snapshots[[1]]) * sqrt(length(snapshots)))
  lapply(snapshots, function(layout) {
    colnames(layout) <- dimension_names(ncol(layout))
    new_picture(as.data.frame(layout), c(1, 2), label, FALSE, cex, alpha, raster, title)
  })
}

# `others` are known too, but not what somebody meant.
check_dot_names <- function(given, known, call, others = NULL) {
  names <- names(given)
  if (length(given) > 0 && (is.null(names) || !all(nzchar(names)))) {
    abort_input("...", "holds an argument without a name")
  }
  unknown <- setdiff(names, c(known, others))
  if (length(unknown) == 0) return(invisible())
  abort_input(
    unknown[1], "is not an argument of ", call,
    if (!is.null(others)) " and not a graphical parameter",
    hint = suggest_name(unknown[1], known)
  )
}

check_drawable <- function(embedding, arg) {
  check_embedding(embedding, arg)
  check_coordinates(embedding, arg)
  if (nrow(embedding) == 0) abort_input(arg, "has no rows to draw")
  if (!has_coordinates(embedding, n_dimensions(embedding))) {
    abort_input(arg, "must have all its coordinates UMAP1, UMAP2, ... to be drawn, not only ",
      toString(head_of(names(embedding)))
    )
  }
}

check_title <- function(title) {
  if (is.null(title) || is_text(title) || is.expression(title)) return(title)
  abort_input("title", "must be a text or NULL, not ", describe(title), value = title)
}

# Checks one value for all points, or one for each.
check_sizes <- function(cex, n) {
  are_sizes <- holds_numbers(cex) && length(cex) %in% c(1, n) && all(is.finite(cex) & cex > 0)
  if (are_sizes) return(as.double(cex))
  abort_input(
    "cex", "must be a number greater than 0, or one such number for each of the ", count(n),
    " points, not ", describe(cex),
    value = cex
  )
}

# Returns a factor, or what is_scaled(). A missing level counts as a missing label.
check_plot_labels <- function(label, n) {
  label <- check_labels(label, n, "label")
  if (is.null(label)) return(NULL)
  if (is_scaled(label) && any(is.finite(label))) {
    return(replace(label, !is.finite(as.numeric(label)), NA))
  }
  if (is.raw(label)) label <- as.character(label)
  if (is.character(label)) label <- readable(label)
  label <- if (is.factor(label)) factor(label, levels(label)) else factor(label)
  levels(label) <- readable(levels(label))
  label
}

check_limits <- function(limits, label) {
  if (is.null(limits)) return(NULL)
  if (has_class(limits, c("Date", "POSIXct"))) limits <- as.numeric(limits)
  limits <- check_span(limits, "limits")
  if (is_scaled(label)) return(limits)
  warn_given("limits", "only labels that are numbers or dates have them")
  NULL
}

# Two numbers, the smaller first unless they may be reversed.
check_span <- function(x, arg, may_reverse = FALSE) {
  is_pair <- holds_numbers(x) && length(x) == 2
  is_span <- is_pair && all(is.finite(x)) && (x[1] < x[2] || (may_reverse && x[1] > x[2]))
  if (is_span) return(as.double(x))
  given <- if (is_pair) paste(x, collapse = " and ") else describe(x)
  wanted <- if (may_reverse) "two different numbers" else "two numbers, the smaller first"
  abort_input(arg, "must be ", wanted, ", not ", given, value = x)
}

# Labels that a scale shows better than a legend of levels.
is_scaled <- function(label) is.numeric(label) || inherits(label, c("Date", "POSIXct"))

# Where points go: two dimensions, or the only one and a strip for each label.
plot_axes <- function(embedding, dims, label) {
  columns <- coordinate_names(embedding)
  embedding <- unclass(embedding)
  if (length(columns) == 1) return(strip_axes(embedding[[columns]], label))
  is_dims <- holds_numbers(dims) && length(dims) == 2 && all(dims %in% seq_along(columns))
  if (!is_dims) {
    abort_input(
      "dims", "must be two numbers from 1 to ", length(columns), ", not ", describe(dims),
      value = dims
    )
  }
  if (dims[1] == dims[2]) {
    abort_input(
      "dims", "must be two different dimensions, not ", dims[1], " twice",
      value = dims
    )
  }
  columns <- columns[dims]
  list(
    x = embedding[[columns[1]]], y = embedding[[columns[2]]], xlab = columns[1], ylab = columns[2]
  )
}

strip_axes <- function(x, label) {
  strips <- if (is.factor(label) && nlevels(label) <= 20) rev(levels(label))
  at <- if (is.null(strips)) rep(0, length(x)) else match(label, strips, nomatch = 0)
  list(
    x = x, y = at + 0.6 * (golden(length(x)) - 0.5), xlab = "UMAP1", ylab = NULL, strips = strips,
    ylim = c(min(at) - 0.5, max(at) + 0.5)
  )
}

# Numbers in (0, 1), evenly spread and without a pattern: the same for every picture.
golden <- function(n) (seq_len(n) * 0.6180339887498949) %% 1

# Which points can be drawn; predict() gives NA to rows without a neighbor.
check_places <- function(axes) {
  has_place <- is.finite(axes$x) & is.finite(axes$y)
  if (!any(has_place)) abort_input("x", "has no row with coordinates to draw")
  n_lost <- sum(!has_place)
  if (n_lost > 0) warn("missing", plural(n_lost, "row"), " without coordinates not drawn")
  extent <- function(values) diff(range(values[has_place]))
  check_extent(max(extent(axes$x), if (is.null(axes$ylim)) extent(axes$y)), "x")
  has_place
}

# Beyond these numbers, inches per unit are none.
check_extent <- function(extent, arg) {
  if (extent == 0 || (extent >= 1e-300 && extent <= 1e300)) return(invisible())
  abort_input(
    arg, "must extend over 1e-300 to 1e300 to be drawn, not ", describe(extent),
    ": rescale the coordinates"
  )
}

drawing_order <- function(label, n, has_place = rep(TRUE, n)) {
  is_known <- if (is.null(label)) rep(TRUE, n) else is.finite(as.numeric(label))
  drawn <- order(is_known, golden(n))
  drawn[has_place[drawn]]
}

point_size <- function(n) min(1, max(0.15, 30 / sqrt(n)))

point_alpha <- function(n) min(0.9, max(0.4, 1.35 - 0.17 * log10(n)))

# NULL where no label is known.
label_medians_of <- function(axes, label) {
  if (!is.factor(label)) abort_input("label_medians", "needs labels that are not numbers")
  medians <- function(x) as.vector(tapply(x, label, stats::median, na.rm = TRUE))
  names <- cut_middle(levels(label))
  medians <- data.frame(x = medians(axes$x), y = medians(axes$y), label = names)
  medians <- medians[!is.na(medians$x), ]
  if (nrow(medians) > 0) medians
}

# The more names, the smaller.
median_cex <- function(medians) if (nrow(medians) > 20) 0.7 else 1

# Moves names into the limits of x, and up or down until none overlaps another. `width` of each and
# `height` of all have the units of the axes.
spread_names <- function(medians, width, height, limits) {
  reach <- pmin(width, diff(limits)) / 2
  medians$x <- pmin(pmax(medians$x, limits[1] + reach), limits[2] - reach)
  is_beside <- abs(outer(medians$x, medians$x, "-")) < outer(width, width, "+") / 2
  diag(is_beside) <- FALSE
  rank <- rank(medians$y, ties.method = "first")
  direction <- sign(outer(rank, rank, "-"))
  for (round in 1:200) {
    overlap <- height - direction * outer(medians$y, medians$y, "-")
    overlap[!is_beside | overlap <= 0] <- 0
    if (max(overlap) < 0.02 * height) break
    medians$y <- medians$y + rowSums(overlap * direction) / (2 + rowSums(overlap > 0))
  }
  medians
}

# Each edge once, from (x0, y0) to (x1, y1), the strongest last.
plot_edges <- function(graph, axes, has_place = rep(TRUE, length(axes$x))) {
  graph <- check_graph(graph, "edges")
  n <- length(axes$x)
  if (graph$n != n) abort_input("edges", "must be a graph of ", count(n), " points, not ", graph$n)
  once <- which(graph$row < graph$col & has_place[graph$row] & has_place[graph$col])
  once <- once[order(graph$similarity[once])]
  from <- graph$row[once]
  to <- graph$col[once]
  data.frame(
    x0 = axes$x[from], y0 = axes$y[from], x1 = axes$x[to], y1 = axes$y[to],
    weight = graph$similarity[once]
  )
}
