package document

import (
	"archive/zip"
	"bytes"
	"fmt"
	"time"
)

// file is one part of a package, in the order of writing.
type file struct {
	name string
	body []byte
}

// epoch is the time that each part bears: the first that a ZIP file can hold. Invariant 1.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant that Go cannot declare as one

// pack makes one office file of its parts.
func pack(files []file) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: epoch})
		if err != nil {
			return nil, fmt.Errorf("begin part %s: %w", f.name, err)
		}
		if _, err := w.Write(f.body); err != nil {
			return nil, fmt.Errorf("write part %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("close the file: %w", err)
	}
	return b.Bytes(), nil
}

const (
	relsSpace  = "http://schemas.openxmlformats.org/package/2006/relationships"
	typesSpace = "http://schemas.openxmlformats.org/package/2006/content-types"
	officeRel  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
)

// relations lists what a part refers to: type and target, numbered rId1, rId2 …
func relations(pairs ...[2]string) []byte {
	root := el("Relationships").with("xmlns", relsSpace)
	for i, p := range pairs {
		root.kids = append(root.kids, el("Relationship").with("Id", fmt.Sprintf("rId%d", i+1), "Type", p[0], "Target", p[1]))
	}
	return part(root)
}

// contentTypes tells the kind of each part.
func contentTypes(overrides ...[2]string) []byte {
	root := el("Types",
		el("Default").with("Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml"),
		el("Default").with("Extension", "xml", "ContentType", "application/xml"),
	).with("xmlns", typesSpace)
	for _, o := range overrides {
		root.kids = append(root.kids, el("Override").with("PartName", o[0], "ContentType", o[1]))
	}
	return part(root)
}

// rootRelations of a file whose main part is this.
func rootRelations(main string) []byte {
	return relations(
		[2]string{officeRel + "/officeDocument", main},
		[2]string{"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml"},
	)
}

// coreProperties: what the file says of itself. The day is the paper's own; without one there is none.
func coreProperties(title, by string, day time.Time) []byte {
	root := el("cp:coreProperties",
		node{name: "dc:title", text: clean(title)},
		node{name: "dc:creator", text: clean(by)},
	).with("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
		"xmlns:dc", "http://purl.org/dc/elements/1.1/", "xmlns:dcterms", "http://purl.org/dc/terms/", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	root.kids = append(root.kids, node{name: "dc:language", text: "vi-VN"})
	if !day.IsZero() {
		root.kids = append(root.kids, node{name: "dcterms:created", text: day.UTC().Format(time.RFC3339)}.with("xsi:type", "dcterms:W3CDTF"))
	}
	return part(root)
}
