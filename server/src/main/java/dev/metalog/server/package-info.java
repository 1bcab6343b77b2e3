/** The sidecar: a pure core in the middle, thin shells around it, joined by {@code app}. */
package dev.metalog.server;
