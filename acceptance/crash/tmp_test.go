package crash

import ("testing";"lienthong/acceptance/harness")

func TestTmp(t *testing.T) {
	w := newWorld(t, harness.Options{})
	w.system(source, "Phần mềm quan trắc", owner)
	w.system("gd-ho-so", "Hồ sơ học sinh", consumer)
	w.register("tram-quan-trac")
	t.Log(w.admin.Get("/api/v1/purposes"))
	t.Log(w.engineer.Post("/api/v1/systems/gd-ho-so/credentials", m{"label":"thử","valid_to":day(100)}))
	w.connect("gd-ho-so", dataset)
}
