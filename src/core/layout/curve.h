/*
 * layout/curve.h: fits a and b of the similarity 1 / (1 + a x^2b) of a layout to a min_dist and a
 * spread.
 */
#ifndef UF_CURVE_H
#define UF_CURVE_H

/* Fits the curve to 1 for x <= min_dist, exp(-(x - min_dist) / spread) beyond (McInnes, Healy,
 * Melville 2018, definition 11). */
void uf_fit_curve(double min_dist, double spread, double *a, double *b);

#endif
