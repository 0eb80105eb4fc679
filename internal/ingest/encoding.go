package ingest

import "strings"

// guessEncoding names the legacy encoding in which bytes that are not UTF-8 seem to be written, or "". It looks at where
// the bytes above ASCII stand: VNI and Windows-1258 write a letter and then its mark, TCVN3 one byte for both.
func guessEncoding(sample []byte) string {
	switch {
	case len(sample) >= 2 && (sample[0] == 0xFF && sample[1] == 0xFE || sample[0] == 0xFE && sample[1] == 0xFF), manyZeros(sample):
		return "UTF-16"
	}
	high, afterVowel, vni, cp1258, tcvn := 0, 0, 0, 0, 0
	for i, b := range sample {
		if b < 0x80 {
			continue
		}
		high++
		if i > 0 && strings.IndexByte(vowels, sample[i-1]) >= 0 {
			afterVowel++
			if strings.IndexByte(vniMarks, b) >= 0 {
				vni++
			}
		}
		if strings.IndexByte(marks1258, b) >= 0 {
			cp1258++
		}
		if strings.IndexByte(lettersTCVN3, b) >= 0 {
			tcvn++
		}
	}
	switch {
	case high < 4: // too few to tell
		return ""
	case vni*2 > high:
		return "VNI-Windows"
	case cp1258*4 > high && afterVowel*4 > high:
		return "Windows-1258"
	case tcvn*10 > high*9:
		return "TCVN3 (ABC)"
	}
	return ""
}

// The vowels that a mark of VNI-Windows or Windows-1258 follows; the last four are ơ and ư of VNI-Windows.
const vowels = "aeiouyAEIOUY\xF4\xF6\xD4\xD6"

// The bytes of tones and vowel marks in VNI-Windows, in lower case and in capitals.
const vniMarks = "\xF8\xF9\xFB\xF5\xEF\xE2\xE1\xE0\xE5\xE3\xE4\xEA\xE9\xE8\xFA\xFC\xEB\xD8\xD9\xDB\xD5\xCF\xC2\xC1\xC0\xC5\xC3\xC4\xCA\xC9\xC8\xDA\xDC\xCB"

// The combining tones of Windows-1258: grave, hook, tilde, acute, dot below.
const marks1258 = "\xCC\xD2\xDE\xEC\xF2"

// The letters of TCVN3 (TCVN 5712:1993, VN3).
const lettersTCVN3 = "\xA1\xA2\xA3\xA4\xA5\xA6\xA7\xA8\xA9\xAA\xAB\xAC\xAD\xAE\xB5\xB6\xB7\xB8\xB9\xBB\xBC\xBD\xBE\xC6\xC7\xC8\xC9\xCA\xCB\xCC\xCE\xCF" +
	"\xD0\xD1\xD2\xD3\xD4\xD5\xD6\xD7\xD8\xDC\xDD\xDE\xDF\xE1\xE2\xE3\xE4\xE5\xE6\xE7\xE8\xE9\xEA\xEB\xEC\xED\xEE\xEF\xF1\xF2\xF3\xF4\xF5\xF6\xF7\xF8\xF9\xFA\xFB\xFC\xFD\xFE"

// manyZeros is how UTF-16 without its mark looks.
func manyZeros(sample []byte) bool {
	zeros := 0
	for _, b := range sample {
		if b == 0 {
			zeros++
		}
	}
	return zeros*4 > len(sample)
}
