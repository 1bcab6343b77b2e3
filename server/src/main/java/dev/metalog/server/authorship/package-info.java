/** Proves who wrote which events of a document, and checks what others prove. */
package dev.metalog.server.authorship;
