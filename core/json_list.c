#include "core/json_list.h"

json_t *json_list_texts(const char *const *texts, size_t count)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < count; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

json_t *json_list_numbers(const int64_t *numbers, size_t count)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < count; i++)
        json_array_append_new(list, json_integer(numbers[i]));
    return list;
}
