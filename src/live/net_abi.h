/* What the program and libgramme_net.so say to each other. C, versioned, nothing allocated on one side and
 * freed on the other: the module may be older or newer than the program, and linked to another C++ library. */
#ifndef GRAMME_LIVE_NET_ABI_H
#define GRAMME_LIVE_NET_ABI_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Goes up with every change of what stands below. */
#define GRAMME_NET_ABI 1

enum gramme_net_outcome {
    GRAMME_NET_ANSWERED = 0,
    GRAMME_NET_NO_CONNECTION = 1, /* name not found, refused, broken off before an answer */
    GRAMME_NET_TIMED_OUT = 2,
    GRAMME_NET_TOO_LARGE = 3,
    GRAMME_NET_FAILED = 4 /* TLS, protocol, out of memory */
};

struct gramme_net_request {
    const char* url;            /* https://..., or http://... where plain_http is set */
    const char* const* headers; /* ends with a null pointer */
    const char* user_agent;
    long connect_timeout_ms;
    long timeout_ms;
    size_t most_bytes; /* of headers and body */
    int plain_http;    /* not 0: the host is this machine; no TLS, and no proxy */
};

struct gramme_net_answer {
    long status;        /* of the server, 0 where there is none */
    long retry_after_s; /* -1 where the server says nothing */
    char message[256];  /* why there is no answer; ends with a zero */
};

/* Takes the next bytes of the body; not 0: no more, please. */
typedef int (*gramme_net_sink)(void* state, const char* bytes, size_t count);

/* GRAMME_NET_ABI of the module. */
typedef int (*gramme_net_abi_function)(void);
/* One GET. Follows no redirect, verifies TLS, takes proxies from the environment as curl does. Returns a
 * gramme_net_outcome. One thread at a time. */
typedef int (*gramme_net_get_function)(const struct gramme_net_request* request, gramme_net_sink sink,
                                       void* state, struct gramme_net_answer* answer);

#define GRAMME_NET_ABI_SYMBOL "gramme_net_abi"
#define GRAMME_NET_GET_SYMBOL "gramme_net_get"

#ifdef __cplusplus
}
#endif

#endif
