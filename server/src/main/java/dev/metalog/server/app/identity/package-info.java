/** {@code meta-log identity}: what its owner does with this installation's identity. */
package dev.metalog.server.app.identity;
