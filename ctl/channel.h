/* ctl/channel.h - how channels are shown. */
#ifndef RELEVO_CTL_CHANNEL_H
#define RELEVO_CTL_CHANNEL_H

#include "ctl/output.h"

extern const struct output_column channel_columns[]; /* of sql/queries/channel_list.sql */

#endif
