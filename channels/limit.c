#include "channels/limit.h"

#include <stdlib.h>
#include <string.h>

#include "channels/sign.h"
#include "core/arena.h"

enum { LIMIT_PLACES = 4096, LIMIT_KEY_BYTES = 16 };

struct limit {
    unsigned char key[LIMIT_KEY_BYTES];
    int per_minute;
    struct limit_place {
        int64_t at;
        int64_t owed; /* in sixtieths: each take owes 60, each second pays per_minute */
    } places[LIMIT_PLACES];
};

struct limit *limit_new(int per_minute)
{
    struct limit *l = xcalloc(1, sizeof(*l));

    sign_random(l->key, sizeof(l->key));
    l->per_minute = per_minute;
    return l;
}

void limit_free(struct limit *l)
{
    free(l);
}

static struct limit_place *limit_place(struct limit *l, struct span who)
{
    unsigned char digest[SIGN_SHA256_BYTES];

    sign_hmac_sha256((struct span){ (const char *)l->key, sizeof(l->key) }, who, digest);
    return &l->places[(digest[0] << 8 | digest[1]) % LIMIT_PLACES];
}

int limit_take(struct limit *l, struct span who, int64_t now)
{
    struct limit_place *p = limit_place(l, who);
    int64_t room = (int64_t)l->per_minute * 60, over;

    if (now > p->at) {
        int64_t paid = now - p->at > 60 ? room : (now - p->at) * l->per_minute;

        p->owed = p->owed > paid ? p->owed - paid : 0;
        p->at = now;
    }
    over = p->owed + 60 - room;
    if (over > 0)
        return (int)((over + l->per_minute - 1) / l->per_minute);
    p->owed += 60;
    return 0;
}
