#include "arith/arith.h"

#include "neighbors/exchange.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { MAX_BOXES = 256, MAX_SENDERS = 256, BATCH_BYTES = 64 << 20 };

uf_status uf_mail_open(uf_context *ctx, int n_rows, int64_t sheet_size, int64_t max_senders,
                       uf_mail *mail) {
  uf_status status = UF_OK;
  int64_t n_senders = BATCH_BYTES / (sheet_size * (int64_t)sizeof(uf_message));
  if (n_senders > MAX_SENDERS) n_senders = MAX_SENDERS;
  if (n_senders > max_senders) n_senders = max_senders;
  if (n_senders < 1) n_senders = 1;
  *mail = (uf_mail){.n_senders = (int)n_senders, .sheet_size = sheet_size};
  while ((n_rows - 1) >> mail->box_shift >= MAX_BOXES) mail->box_shift++;
  mail->n_boxes = ((n_rows - 1) >> mail->box_shift) + 1;
  UF_NEW(ctx, mail->sheets, n_senders * sheet_size);
  UF_NEW(ctx, mail->start, n_senders * (mail->n_boxes + 1));
  UF_NEW(ctx, mail->drafts, ctx->n_threads * sheet_size);
done:
  if (status) uf_mail_close(mail);
  return status;
}

void uf_mail_close(uf_mail *mail) {
  uf_free(mail->sheets);
  uf_free(mail->start);
  uf_free(mail->drafts);
  *mail = (uf_mail){0};
}

uf_message *uf_mail_draft(const uf_mail *mail, int worker) {
  return mail->drafts + mail->sheet_size * worker;
}

/* A counting sort from the draft to the sheet. */
void uf_mail_post(uf_mail *mail, int sender, int n_messages, int worker) {
  const uf_message *draft = uf_mail_draft(mail, worker);
  uf_message *sheet = mail->sheets + mail->sheet_size * sender;
  int *start = mail->start + (size_t)sender * ((size_t)mail->n_boxes + 1);
  int next[MAX_BOXES] = {0};
  for (int m = 0; m < n_messages; m++) next[draft[m].to >> mail->box_shift]++;
  start[0] = 0;
  for (int box = 0; box < mail->n_boxes; box++) {
    start[box + 1] = start[box] + next[box];
    next[box] = start[box];
  }
  for (int m = 0; m < n_messages; m++) sheet[next[draft[m].to >> mail->box_shift]++] = draft[m];
}

int uf_mail_read(const uf_mail *mail, int sender, int box, const uf_message **messages) {
  const int *start = mail->start + (size_t)sender * ((size_t)mail->n_boxes + 1) + box;
  *messages = mail->sheets + mail->sheet_size * sender + start[0];
  return start[1] - start[0];
}
