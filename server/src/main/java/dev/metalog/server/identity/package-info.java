/** Keys and proofs: who a peer is, what it signed, and what only the holders of a share can read; every byte of randomness and every time is handed in. */
package dev.metalog.server.identity;
