package classify

import (
	"testing"

	"sanshi/internal/directory"
)

var benchTexts = []string{
	"村口路灯坏了三天了，晚上看不见路",
	"隔壁天天半夜打麻将，吵得睡不着，请你们来讲讲",
	"我腿脚不好，想找人去镇上帮我取药，谢谢",
	"全村停水两天了，自来水公司电话没人接",
	"后山着火了，好大的烟",
	"谢谢你们，灯亮得很",
	"垃圾点的桶五天没清了臭得很，还有我想报名中午的老年食堂",
}

func BenchmarkRead(b *testing.B) {
	c, err := New()
	if err != nil {
		b.Fatal(err)
	}
	v := &directory.Village{ID: "v", Areas: []directory.Area{{ID: "g1", Name: "一组", Places: []string{"村口", "后山"}}}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Read(benchTexts[i%len(benchTexts)], v)
	}
}
