// Package document writes the papers and annexes that officials sign, send and print.
//
// Owns: the layout of administrative documents (Nghị định 30/2020/NĐ-CP, Phụ lục I) as DOCX, and annexes as XLSX.
// Does not own: what a paper says, its number, who signs it (the slice that asks for it), keeping files (kit/blob).
//
// Invariants:
//  1. The same input gives the same bytes: nothing in a file comes from the clock, from chance or from the order of a map.
//     That holds for one build of the program; whoever must give out the very same file years later keeps the file.
//  2. Text is normalised to NFC, and what XML cannot hold is left out; no text ever becomes a formula, a field or a link.
//  3. A file holds no field that office programs offer to update, no macro and nothing from outside. The number of the
//     page is the one field, and it is drawn by the program that shows the page.
//  4. The package knows no slice and no person: whoever calls has decided what may be shown.
//
// A decision with one wide annex:
//
//	paper := document.Paper{
//		Superior: "ỦY BAN NHÂN DÂN TỈNH", Agency: "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
//		Number: "/QĐ-SKHCN", Place: "Lào Cai", // the number and the day are filled in by the clerk
//		Type: "QUYẾT ĐỊNH", Summary: "Về việc công bố danh mục",
//		Body: []document.Block{
//			document.Ground("Căn cứ Quy chế quản lý, kết nối, chia sẻ dữ liệu số;"),
//			document.Centred("QUYẾT ĐỊNH:"),
//			document.Article{Label: "Điều 1.", Text: "Công bố danh mục kèm theo Quyết định này."},
//		},
//		Signatures: []document.Signature{{Position: "GIÁM ĐỐC"}},
//		Recipients: []string{"Như Điều 3", "Lưu: VT"},
//		Annexes: []document.Annex{{Title: "Danh mục", Wide: true, Body: []document.Block{table}}},
//	}
//	file, err := paper.DOCX()
//
// Start reading at Paper, then Sheet.
package document
