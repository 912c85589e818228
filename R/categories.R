# Finds the levels of columns of categories, and codes from 0.

is_categorical <- function(x) is.factor(x) || is.character(x) || is.logical(x)

# Includes matrices, which as.matrix() turns into several columns.
is_number_column <- function(x) (holds_numbers(x) || is.logical(x)) && length(dim(x)) <= 2

# A column that is compared as categories.
check_category <- function(values, arg, column, admits_numbers = TRUE) {
  if (!is_categorical(values) && !(admits_numbers && is_number_column(values))) {
    abort_input(
      arg, "must have categories in column ", column, ", not ", describe(values),
      value = values, hint = "Make it a factor, or leave it out."
    )
  }
  if (NROW(values) != length(values)) {
    abort_input(
      arg, "must have one category per row in column ", column, ", not a matrix of categories",
      value = values, hint = "Make each column of the matrix a column of the data frame."
    )
  }
  values
}

# Returns levels sorted by bytes in UTF-8, whatever the language of the session.
category_levels <- function(x) {
  if (is.factor(x)) levels(x) else sort(unique(enc2utf8(as.character(x))), method = "radix")
}

# Codes count from 0; -1 where unknown.
category_codes <- function(x, levels) match(as.character(x), levels, nomatch = 0L) - 1L
