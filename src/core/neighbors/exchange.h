/*
 * neighbors/exchange.h: how a block of work tells rows of which it is not the owner, without a race.
 *
 * In a batch, each sender (a block) posts one sheet of messages, sorted by box: a box is a range of
 * receiving rows. Then each box is read by the one block that owns its rows, always in the order of
 * the senders. So a row gets the same mail in the same order on any number of threads.
 */
#ifndef UF_NEIGHBOR_MAIL_H
#define UF_NEIGHBOR_MAIL_H

#include "base/context.h"
#include "base/parallel.h"

typedef struct uf_message {
  int to;     /* the row that receives */
  int about;  /* the row that it may want to know */
  float rank; /* or a flag, when rows announce themselves */
} uf_message;

typedef struct uf_mail {
  int n_senders; /* sheets in a batch */
  int n_boxes;
  int box_shift;      /* row r has its mail in box r >> box_shift */
  int64_t sheet_size; /* messages on a sheet, at most */
  uf_message *sheets; /* n_senders × sheet_size */
  int *start;         /* n_senders × (n_boxes + 1): where the messages of a box begin on a sheet */
  uf_message *drafts; /* per worker: sheet_size */
} uf_mail;

/* For sheets of at most sheet_size messages to n_rows rows; as many senders a batch as fit in a
 * fixed amount of memory, but not more than max_senders. */
uf_status uf_mail_open(uf_context *ctx, int n_rows, int64_t sheet_size, int64_t max_senders,
                       uf_mail *mail);
void uf_mail_close(uf_mail *mail);

/* Where a worker writes the messages of its sender before they are posted. */
uf_message *uf_mail_draft(const uf_mail *mail, int worker);
void uf_mail_post(uf_mail *mail, int sender, int n_messages, int worker);

/* The messages of a box on a sender's sheet: returns how many. */
int uf_mail_read(const uf_mail *mail, int sender, int box, const uf_message **messages);

#endif
