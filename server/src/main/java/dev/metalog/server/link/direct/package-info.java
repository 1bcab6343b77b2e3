/** Carries bytes straight to another sidecar and back, over TLS, while both are reachable; trusts nobody whom the doorman does not admit. */
package dev.metalog.server.link.direct;
