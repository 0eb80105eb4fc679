// Package privacyweb is the pages, operations and papers of the register of personal-data processing.
package privacyweb
