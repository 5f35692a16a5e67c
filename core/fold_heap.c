#include "core/fold_state.h"

enum { FOLD_CHILDREN = 4 }; /* of an entry: they lie side by side, and the heap is flat */

static bool fold_is_earlier(const struct fold_due *x, const struct fold_due *y)
{
    if (x->at != y->at)
        return x->at < y->at;
    return x->rank != y->rank ? x->rank < y->rank : x->ticket_id < y->ticket_id;
}

static struct fold_due *fold_heap(const struct fold *f)
{
    return (struct fold_due *)(void *)f->heap->data;
}

static void fold_set(struct fold *f, size_t place, struct fold_due d)
{
    fold_heap(f)[place] = d;
    d.t->place = place + 1;
}

static void fold_rise(struct fold *f, struct fold_due d, size_t place)
{
    const struct fold_due *heap = fold_heap(f);

    while (place > 0 && fold_is_earlier(&d, &heap[(place - 1) / FOLD_CHILDREN])) {
        fold_set(f, place, heap[(place - 1) / FOLD_CHILDREN]);
        place = (place - 1) / FOLD_CHILDREN;
    }
    fold_set(f, place, d);
}

static void fold_sink(struct fold *f, struct fold_due d, size_t place)
{
    const struct fold_due *heap = fold_heap(f);
    size_t count = f->heap->len, child, first, i;

    for (; (child = first = place * FOLD_CHILDREN + 1) < count; place = child) {
        for (i = first + 1; i < count && i < first + FOLD_CHILDREN; i++)
            if (fold_is_earlier(&heap[i], &heap[child]))
                child = i;
        if (!fold_is_earlier(&heap[child], &d))
            break;
        fold_set(f, place, heap[child]);
    }
    fold_set(f, place, d);
}

/* To where it belongs: it was put at `place`, and is earlier or later than what was there. */
static void fold_settle(struct fold *f, struct fold_due d, size_t place)
{
    if (place > 0 && fold_is_earlier(&d, &fold_heap(f)[(place - 1) / FOLD_CHILDREN]))
        fold_rise(f, d, place);
    else
        fold_sink(f, d, place);
}

static void fold_take_out(struct fold *f, struct fold_ticket *t)
{
    size_t place = t->place - 1;
    struct fold_due last = fold_heap(f)[f->heap->len - 1];

    t->place = 0;
    g_array_set_size(f->heap, f->heap->len - 1);
    if (last.t != t)
        fold_settle(f, last, place);
}

void fold_schedule(struct fold *f, struct fold_ticket *t)
{
    struct fold_due due = { t->wake_at, INT64_MIN, t->ticket_id, t };
    size_t i;

    for (i = 0; i < t->kept->waiting_count; i++)
        if (due.at == 0 || t->kept->waiting[i].due_at < due.at)
            due.at = t->kept->waiting[i].due_at;
    for (i = 0; i < t->later_count; i++)
        if (due.at == 0 || t->later[i].due_at < due.at)
            due.at = t->later[i].due_at;
    if (t->wants_queue && due.at == t->wake_at)
        due.rank = t->queue_rank;
    if (due.at == 0) {
        if (t->place != 0)
            fold_take_out(f, t);
    } else if (t->place == 0) {
        g_array_append_val(f->heap, due);
        fold_rise(f, due, f->heap->len - 1);
    } else if (fold_heap(f)[t->place - 1].at != due.at ||
               fold_heap(f)[t->place - 1].rank != due.rank) {
        fold_settle(f, due, t->place - 1);
    }
}

const struct fold_due *fold_earliest(const struct fold *f)
{
    return f->heap->len == 0 ? NULL : fold_heap(f);
}
