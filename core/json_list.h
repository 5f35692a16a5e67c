/* core/json_list.h - lists of JSON from arrays of one kind.
 *
 * Pure. What is returned is the caller's (json_decref). */
#ifndef RELEVO_CORE_JSON_LIST_H
#define RELEVO_CORE_JSON_LIST_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

json_t *json_list_texts(const char *const *texts, size_t count);
json_t *json_list_numbers(const int64_t *numbers, size_t count);

#endif
