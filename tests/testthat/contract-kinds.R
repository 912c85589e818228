# Values, and kinds of arguments, of which test-contract.R makes its table.

# ---- What may be given --------------------------------------------------------------------------

specimens <- list(
  "NULL" = NULL, "NA" = NA, "NA_real_" = NA_real_, "NA_integer_" = NA_integer_,
  "NA_character_" = NA_character_, "NaN" = NaN, "Inf" = Inf, "-Inf" = -Inf, "-1" = -1, "0" = 0,
  "1" = 1, "2" = 2, "0.5" = 0.5, "-0.5" = -0.5, "1e300" = 1e300, "2^31" = 2^31, "2^60" = 2^60,
  "text" = "a", "number as text" = "5", "empty text" = "", "no integer" = integer(),
  "no text" = character(), "pair" = c(1, 2), "two words" = c("a", "b"), "TRUE" = TRUE,
  "empty list" = list(), "list" = list(1, "a"), "factor" = factor("a"), "date" = Sys.Date(),
  "complex" = 1i, "raw" = as.raw(1), "function" = function(...) 1, "environment" = new.env(),
  "symbol" = quote(x), "formula" = y ~ x, "empty matrix" = matrix(0, 0, 0),
  "matrix of one" = matrix(1), "text matrix" = matrix("a", 30, 2),
  "NA matrix" = matrix(NA_real_, 30, 4),
  "array" = array(0, c(2, 2, 2)), "empty data frame" = data.frame(),
  "data frame with NA" = data.frame(row = c(1:29, NA), col = 30:1, similarity = 1),
  "integer64" = structure(5, class = "integer64")
)

# ---- Kinds of arguments ------------------------------------------------------------------------

# A kind of argument: which values it admits (TRUE, FALSE, or NA where that depends on others),
# and the sentence about the others, a regular expression for what follows the argument's name.
# (A function of its own each time: attributes of a primitive would be seen by everybody.)
kind <- function(sentence, admits = function(x) FALSE) {
  force(admits)
  structure(function(x) admits(x), sentence = sentence)
}

# The same that admits NULL too.
or_null <- function(kind) {
  structure(function(x) is.null(x) || kind(x), sentence = attr(kind, "sentence"))
}

plain <- function(x) is.atomic(x) && !is.object(x) && length(x) == 1
in_words <- function(x) format(x, big.mark = ",", scientific = FALSE)
range_of <- function(min, max, open) {
  if (is.finite(max)) return(paste(" from", in_words(min), "to", in_words(max)))
  if (is.finite(min)) paste(if (open) " greater than" else " of at least", in_words(min)) else ""
}
number <- function(min = -Inf, max = Inf, open = FALSE) {
  kind(paste0("must be a number", range_of(min, max, open), ", not "), function(x) {
    plain(x) && is.numeric(x) && is.finite(x) && x <= max && (if (open) x > min else x >= min)
  })
}
# The largest integer is named only where it is exceeded.
whole <- function(min, max = .Machine$integer.max) {
  ranges <- range_of(min, max, FALSE)
  if (max == .Machine$integer.max) {
    ranges <- paste0("(", ranges, "|", range_of(min, Inf, FALSE), ")")
  }
  is_in_range <- number(min, max)
  kind(paste0("must be a whole number", ranges, ", not "), function(x) {
    is_in_range(x) && x == round(x)
  })
}
seed <- kind("must be a whole number from 0 to 2\\^53 or NULL, not ", or_null(whole(0, 2^53)))
threads <- or_null(whole(1))
flag <- kind("must be TRUE or FALSE, not ", function(x) plain(x) && is.logical(x) && !is.na(x))
one_of <- function(...) {
  kind(paste0("must be one of ", paste0("\"", c(...), "\"", collapse = ", "), ".*, not "))
}
text_or_null <- or_null(kind("must be a text or NULL, not ", function(x) {
  plain(x) && is.character(x) && !is.na(x)
}))
a_function <- function(x) is.function(x)
function_or_null <- or_null(kind("must be a function or NULL, not ", a_function))

data_sentence <- paste(
  "must be a matrix or a data frame of numbers, or a sparse matrix .*, not",
  "must have (at least 2 )?rows, ",
  "holds a missing value \\(NA or NaN\\) in row (1|30), column 1",
  "must not have missing or infinite values, but has one in row (1|30), column (1|row)",
  sep = "|"
)
# Data, of which no specimen has the right shape.
data_kind <- function(...) kind(paste(data_sentence, ..., sep = "|"))
neighbors_sentence <- "must be a list with the matrices `idx` and `dist`, not "
neighbor_kind <- kind(neighbors_sentence)
graph_sentence <- paste(
  "must be a data frame with the columns row, col and similarity, not ",
  # for a list with one element
  "must be a whole number of at least 2, not ",
  sep = "|"
)
graph_kind <- kind(graph_sentence)
layout_kind <- kind(
  "must be a matrix of numbers, not |must have 30 rows, not |must not have missing or infinite"
)
labels_kind <- kind(
  "must have one value per row, 30, not |must be a vector or a factor, not ", is.null
)
target_kind <- kind(
  paste(
    "must have one value per row, 30, not ", "must be numbers or categories, not ",
    "must not have infinite numbers", "must have at least 2 rows without missing numbers, not 0",
    "must be a target, not NULL",
    neighbors_sentence, # of a list
    sep = "|"
  ),
  # many categories will do, and numbers of which some are unknown
  function(x) {
    is.null(x) || (is.matrix(x) && is.character(x)) ||
      (is.data.frame(x) && nrow(x) == 30 && anyNA(x))
  }
)
metric_kind <- kind(
  "must be one of \"euclidean\", .*, not |must be a list of columns named by metrics", a_function
)
own_metric <- or_null(metric_kind) # NULL: the metric of the model
no_keywords <- kind(
  "must be NULL for the metric \"euclidean\", not |must be a list with names, not ",
  function(x) is.null(x) || (is.list(x) && length(x) == 0)
)
any_keywords <- kind("must be a list with names, not ", function(x) {
  is.null(x) || identical(x, list()) || (is.list(x) && !is.null(names(x)))
})
epochs <- kind("must be whole numbers (of at least 0|from 0 to [0-9,]+), not ", function(x) {
  is.null(x) || (is.numeric(x) && all(x %in% 0:3))
})
# What is absurd may be refused when it has done its damage.
rate <- or_null(kind(attr(number(0, open = TRUE), "sentence"), function(x) {
  if (is_number(x) && x > 1e6) NA else number(0, open = TRUE)(x)
}))
distance_kind <- kind(
  "must be a number of at least 0, not |must be at most `spread`, 1, not ", number(0, 1)
)
spread_kind <- function(min) {
  kind(
    "must be a number greater than 0, not |must be a scale for which the curve can be .*, not ",
    number(min, 1e100, TRUE)
  )
}
# `a` and `b` go together: the one that is not given is what is wrong.
curve_kind <- function(other) {
  structure(kind("must be a number, not NULL, where `[ab]` is ", is.null), argument = other)
}
sample_size <- kind(attr(whole(1), "sentence"), function(x) identical(x, Inf) || whole(1)(x))
either <- function(x) NA
