# Makes data/digits.rda, 500 images of each digit, from the files of MNIST:
#   Rscript tools/make_digits.R DIR
# Run it from the root of the repository.

for (file in list.files("R", full.names = TRUE)) source(file)

evenly_spaced <- function(rows, n = 500) rows[round(seq(1, length(rows), length.out = n))]

mnist_digits <- mnist(commandArgs(trailingOnly = TRUE)[1])
rows_by_digit <- split(seq_along(mnist_digits$label), mnist_digits$label)
chosen <- sort(unlist(lapply(rows_by_digit, evenly_spaced), use.names = FALSE))

pixels <- round(255 * mnist_digits$pixels[chosen, ])
storage.mode(pixels) <- "integer"
digits <- list(pixels = pixels, label = mnist_digits$label[chosen])

save(digits, file = "data/digits.rda", version = 2, compress = "xz")
