//go:build !linux

package blob

func isTmpfs(string) bool { return false }
