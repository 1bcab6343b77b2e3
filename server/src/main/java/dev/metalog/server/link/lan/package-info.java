/** Shows beacons on the local networks of this machine, and sees those of others: multicast DNS. */
package dev.metalog.server.link.lan;
