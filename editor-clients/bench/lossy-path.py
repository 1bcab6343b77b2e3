#!/usr/bin/env python3
"""Runs a command beside a far place that packets reach late, or not at all. Linux, as root.

The far place is a network namespace, joined to this one by two TUN devices with this program between them: it holds each
packet for a while and forgets some. The order of packets is kept, as on most real paths. When the command ends, all of it
is gone.

    sudo python3 lossy-path.py --delay 50 --jitter 10 --loss 1 -- \\
        meta-log bench links --far-prefix "ip netns exec meta-log-far" --near-address 10.77.0.1
"""

import argparse
import errno
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import threading
import time

FAR = "meta-log-far"
NEAR_ADDRESS = "10.77.0.1"
FAR_ADDRESS = "10.77.0.2"
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
MOST_BYTES = 65_535
# As a queue of a router: what comes when so many packets are under way is dropped.
MOST_UNDER_WAY = 20_000


def run(*words):
    subprocess.run(words, check=True)


def open_tun(name):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun


class Path:
    """One direction."""

    def __init__(self, source, target, options, chance):
        self.source = source
        self.target = target
        self.options = options
        self.chance = chance
        self.last = 0.0
        self.under_way = 0
        self.carried = 0
        self.lost = 0

    def due(self, now):
        """When a packet that comes now is to go on, or None when it is lost."""
        if self.under_way >= MOST_UNDER_WAY or self.chance.random() * 100 < self.options.loss:
            self.lost += 1
            return None
        spread = self.chance.uniform(-self.options.jitter, self.options.jitter)
        self.last = max(self.last, now + max(0.0, self.options.delay + spread) / 1000)
        return self.last


def forward(paths, ended):
    waiting = []
    number = 0
    poller = select.poll()
    by_source = {path.source: path for path in paths}
    for path in paths:
        poller.register(path.source, select.POLLIN)
    while not ended.is_set():
        timeout = 200.0
        if waiting:
            timeout = max(0.0, min(timeout, (waiting[0][0] - time.monotonic()) * 1000))
        for source, _ in poller.poll(timeout):
            path = by_source[source]
            while True:
                try:
                    packet = os.read(source, MOST_BYTES)
                except BlockingIOError:
                    break
                at = path.due(time.monotonic())
                if at is not None:
                    path.under_way += 1
                    number += 1
                    heapq.heappush(waiting, (at, number, path, packet))
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, path, packet = heapq.heappop(waiting)
            path.under_way -= 1
            try:
                os.write(path.target, packet)
                path.carried += 1
            except OSError as error:
                # A full device drops, as a router does; one that is not up yet, too.
                if error.errno not in (errno.EAGAIN, errno.EIO, errno.ENOBUFS, errno.EINVAL):
                    raise
                path.lost += 1


def set_up():
    near = open_tun("ml-near")
    far = open_tun("ml-far")
    run("ip", "netns", "add", FAR)
    run("ip", "link", "set", "ml-far", "netns", FAR)
    run("ip", "addr", "add", NEAR_ADDRESS, "peer", FAR_ADDRESS, "dev", "ml-near")
    run("ip", "link", "set", "ml-near", "up")
    inside = ("ip", "-n", FAR)
    run(*inside, "addr", "add", FAR_ADDRESS, "peer", NEAR_ADDRESS, "dev", "ml-far")
    run(*inside, "link", "set", "ml-far", "up")
    run(*inside, "link", "set", "lo", "up")
    return near, far


def main():
    parser = argparse.ArgumentParser(description="Runs a command beside a far place that packets reach late, or not at all.")
    parser.add_argument("--delay", type=float, default=50, help="of each packet, one way, in ms (default: 50)")
    parser.add_argument("--jitter", type=float, default=10, help="so much more or less, in ms (default: 10)")
    parser.add_argument("--loss", type=float, default=1, help="per cent of the packets of each way (default: 1)")
    parser.add_argument("--seed", type=int, default=1, help="of the losses (default: 1)")
    parser.add_argument("command", nargs="+", help="behind --")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("lossy-path: making a network namespace needs root.")
    near, far = set_up()
    ended = threading.Event()
    chance = random.Random(options.seed)
    paths = [Path(near, far, options, chance), Path(far, near, options, chance)]
    forwarder = threading.Thread(target=forward, args=(paths, ended), daemon=True)
    try:
        forwarder.start()
        code = subprocess.run(options.command, check=False).returncode
    finally:
        ended.set()
        forwarder.join()
        run("ip", "netns", "del", FAR)
        os.close(near)
        os.close(far)
    there, back = paths
    print(
        f"lossy-path: there {there.carried} packets and {there.lost} lost, back {back.carried} and {back.lost}",
        file=sys.stderr,
    )
    sys.exit(code)


if __name__ == "__main__":
    main()
