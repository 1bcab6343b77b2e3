/** Measurements that the project keeps: how fast a sidecar starts, and how fast a key reaches the other editor. */
package dev.metalog.editorclients.bench;
