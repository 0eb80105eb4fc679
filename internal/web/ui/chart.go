package ui

// share is the length of a bar in percent of the longest.
func share(v int64, bars []Bar) float64 {
	longest := int64(0)
	for _, b := range bars {
		longest = max(longest, b.Value)
	}
	if longest <= 0 || v <= 0 {
		return 0
	}
	return float64(v) * 100 / float64(longest)
}
