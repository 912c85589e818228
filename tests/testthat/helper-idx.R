# Small IDX files, and a directory of them like MNIST's.

idx_bytes <- function(values, extents, type = 0x08, size = 1) {
  big_endian <- function(x, size) writeBin(x, raw(), size = size, endian = "big")
  c(
    as.raw(c(0, 0, type, length(extents))),
    big_endian(as.integer(extents), 4),
    big_endian(values, size)
  )
}

write_idx <- function(bytes, path = tempfile(), gzip = FALSE) {
  con <- if (gzip) gzfile(path, "wb") else file(path, "wb")
  on.exit(close(con))
  writeBin(bytes, con)
  path
}

# A directory like MNIST's: `train` and `t10k` are labels, image i of a set has all pixels i.
write_mnist <- function(train, t10k, dir = tempfile(), gzip = FALSE, kind_separator = "-") {
  dir.create(dir)
  path <- function(stem, kind) {
    file.path(dir, paste0(stem, kind_separator, kind, if (gzip) ".gz"))
  }
  for (set in c("train", "t10k")) {
    label <- as.integer(get(set))
    pixels <- rep(seq_along(label), each = 6)
    write_idx(
      idx_bytes(pixels, c(length(label), 2, 3)),
      path(paste0(set, "-images"), "idx3-ubyte"), gzip
    )
    write_idx(
      idx_bytes(label, length(label)),
      path(paste0(set, "-labels"), "idx1-ubyte"), gzip
    )
  }
  dir
}
