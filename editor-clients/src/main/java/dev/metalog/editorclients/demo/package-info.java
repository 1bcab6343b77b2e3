/** The demonstration: two editors, two sidecars and a broker; both people type into one live file at the same time. */
package dev.metalog.editorclients.demo;
