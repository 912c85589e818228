# Chooses colors of labels, and the keys that explain them.

# Okabe and Ito's colors, beginning with the ones that stand out from white, and a tenth that stays
# apart.
distinct_colors <- function(n) {
  okabe_ito <- unname(grDevices::palette.colors(9, "Okabe-Ito"))
  if (n <= 10) return(c(okabe_ito[c(6, 2, 4, 7, 3, 8, 5, 1, 9)], "#882255")[seq_len(n)])
  # Labels that follow each other are far apart on the wheel of hues, and differ in lightness.
  grDevices::hcl(360 * golden(n), 65, c(40, 58, 76)[seq_len(n) %% 3 + 1])
}

missing_color <- "#D4D4D4"

plain_color <- "#0072B2"

# The color of each point and the keys of the legend: levels, or some round values of a scale.
color_scale <- function(label, title = NULL, limits = NULL) {
  if (is.null(label)) return(list(color = plain_color, kind = "none"))
  scale <- if (is.factor(label)) level_scale(label) else number_scale(label, limits)
  scale$color[is.na(scale$color)] <- missing_color
  scale$title <- title
  scale
}

level_scale <- function(label) {
  keys <- cut_middle(levels(label))
  key_color <- distinct_colors(length(keys))
  color <- key_color[label]
  if (anyNA(label)) {
    keys <- c(keys, "NA")
    key_color <- c(key_color, missing_color)
  }
  list(color = color, keys = keys, key_color = key_color, kind = "levels")
}

# Cuts long names in the middle, so that names that begin alike stay distinct.
cut_middle <- function(names, most = 29) {
  tail <- (most - 3) %/% 3
  length <- nchar(names)
  cut <- paste0(substr(names, 1, most - 3 - tail), "...", substr(names, length - tail + 1, length))
  is_long <- which(length > most)
  names[is_long] <- cut[is_long]
  make.unique(names, sep = " ")
}

# `at`: the values that the keys name, within the limits, by default the limits of the data. The
# keys of limits with data beyond them say so.
number_scale <- function(label, limits = NULL) {
  value <- as.numeric(label)
  value[!is.finite(value)] <- NA
  span <- range(value, na.rm = TRUE)
  if (is.null(limits)) limits <- span
  ends <- structure(limits, class = oldClass(label), tzone = attr(label, "tzone"))
  is_beyond <- c(span[1] < limits[1], span[2] > limits[2])
  # None so near to a limit with a key of its own that the two would touch.
  room <- 0.08 * diff(limits) * is_beyond
  at <- if (diff(limits) > 1e-300) pretty(ends, 5) else unique(ends) # where pretty() fails
  at <- at[as.numeric(at) >= limits[1] + room[1] & as.numeric(at) <= limits[2] - room[2]]
  beyond <- paste(c("<", ">"), c(format(ends[1]), format(ends[2])))
  list(
    color = ramp(value, limits), keys = c(format(at), beyond[is_beyond]),
    at = c(as.numeric(at), limits[is_beyond]), limits = limits, has_missing = anyNA(value),
    kind = "numbers"
  )
}

# viridis, smoothed where hcl.colors() has a bend.
viridis <- function(n) {
  grDevices::colorRampPalette(grDevices::hcl.colors(8, "viridis"), space = "Lab")(n)
}

# Values beyond a limit have the color of the limit, a constant has the color of the middle.
ramp <- function(value, limits) {
  part <- if (limits[2] > limits[1]) (value - limits[1]) / diff(limits) else 0 * value + 0.5
  viridis(256)[1 + round(255 * pmin(pmax(part, 0), 1))]
}
