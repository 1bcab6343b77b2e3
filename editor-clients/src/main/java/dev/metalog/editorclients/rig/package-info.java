/** What the demonstration and the measurements set up: a broker, homes, editors, and figures. */
package dev.metalog.editorclients.rig;
