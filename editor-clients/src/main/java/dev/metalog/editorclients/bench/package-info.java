/** Measurements that the project keeps: how fast a sidecar starts, and what each way to the other editor costs. */
package dev.metalog.editorclients.bench;
