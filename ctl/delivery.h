/* ctl/delivery.h - how deliveries are shown. */
#ifndef RELEVO_CTL_DELIVERY_H
#define RELEVO_CTL_DELIVERY_H

#include "ctl/output.h"

extern const struct output_column delivery_columns[];

#endif
