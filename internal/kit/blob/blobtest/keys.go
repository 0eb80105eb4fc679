// Package blobtest gives tests the keys of a sealed store.
package blobtest

import "bytes"

// Keys are any number of fixed keys; Now names the current one.
type Keys struct{ Now byte }

// Current names the current key.
func (k Keys) Current() string { return "test " + string('a'+k.Now) }

// Find gives the key of a name up to the current one.
func (k Keys) Find(id string) ([]byte, bool) {
	for n := byte(0); n <= k.Now; n++ {
		if (Keys{n}).Current() == id {
			return bytes.Repeat([]byte{7 + n}, 32), true
		}
	}
	return nil, false
}
