/** Editors driven from outside by lines of JSON, as {@code editor-clients/driving.md} describes. */
package dev.metalog.editorclients.drive;
