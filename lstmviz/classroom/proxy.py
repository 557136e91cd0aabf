"""HAProxy's configuration: one address for a class, and each browser stays with the server that has its session."""

from collections.abc import Sequence

from lstmviz.classroom.health import HEALTH

MAX_CONNECTIONS = 10_000

# A page of another origin is turned away here: Streamlit would turn it away too, but first ask a host outside for this
# machine's address. The stickiness goes by a cookie, since all of a school may come from one address. A server that
# does not answer for half a minute is left, and its connections are cut, so that browsers look for another one. What a
# dying one took and did not answer, another one is asked.
# Scripts and styles, whose names change with what is in them, the proxy keeps: a server that hands them out itself is
# busy with that for a fifth of a second for each new browser.
_TEXT = """\
global
    maxconn {connections}

defaults
    mode http
    timeout connect 2s
    timeout http-request 10s
    timeout http-keep-alive 60s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
    timeout check 10s
    option http-no-delay

cache scripts
    total-max-size 64
    max-object-size 8388608
    max-age 3600

frontend room
    bind fd@{listener}
    http-request set-var(txn.host) req.hdr(host)
    http-request set-var(txn.origin) req.hdr(origin),regsub(^https?://,,i)
    http-request deny if {{ req.hdr(origin) -m found }} !{{ var(txn.origin),strcmp(txn.host) eq 0 }}
    default_backend servers

backend servers
    balance leastconn
    cookie {cookie} insert indirect nocache httponly attr SameSite=Lax
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
    http-request disable-l7-retry unless METH_GET
    http-request set-var(txn.script) bool(true) if {{ path_sub /static/ }}
    http-request cache-use scripts if {{ var(txn.script) -m bool }}
    http-response cache-store scripts if {{ var(txn.script) -m bool }}
    option httpchk
    http-check send meth GET uri {health}
    http-check expect status 200
    default-server check inter 1s fall 3 rise 1 slowstart 10s on-marked-down shutdown-sessions
{servers}
"""


def configuration(listener: int, ports: Sequence[int], cookie: str) -> str:
    """The text of the configuration.

    listener: the file descriptor of the socket that the class comes to.
    ports: where the servers listen, on this machine.
    cookie: the name of the cookie that says which server a browser belongs to.
    """
    lines = [f"    server s{k} 127.0.0.1:{port} cookie {k}" for k, port in enumerate(ports, 1)]
    return _TEXT.format(
        connections=connections(), listener=listener, cookie=cookie, health=HEALTH, servers="\n".join(lines)
    )


def connections() -> int:
    """How many browsers' connections the proxy may hold: each takes two of the files that a program may have open."""
    import resource  # not on Windows, where there is no HAProxy either

    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(100, min((files - 100) // 2, MAX_CONNECTIONS))
