package classify

import (
	"math"
	"slices"

	"sanshi/internal/catalog"
)

// border is one rule of the labelling guide: who the other side is, or whose a
// thing is. It does not decide alone: it moves the odds of codes, so that a rule
// and the model can outvote each other.
type border struct {
	why    string // for the secretary
	any    []string
	also   []string // one of these too, when there are any
	unless []string
	codes  []string // what gains; a kind's name means all codes of the kind
	by     float64  // added to the logarithm of the odds
}

var borders = []border{
	// The other side is a firm or an office: a department's.
	{"钱在单位、公司手里", look(`公司 厂里 工厂 工地 单位 包工头 老板 企业 用人单位 集团 煤矿`), look(`工资 工钱 加班 社保 工伤 辞退 劳动合同 离职 押金 工程款 上班 仲裁 补偿金 摔伤 受伤`), look(`不是公司 私人雇 私人请 不是单位 集体的厂`), look(`G1`), 2.2},
	{"开发商、物业的事归住建", look(`开发商 物业公司 物业费 物业 交房 售楼 楼盘 商品房 维修基金 期房 购房 买的房`), nil, look(`业主大会 换业委会 业委会换届 业委会主任 噪音 油烟 扰民`), look(`G3`), 1.6},
	{"水电气讯的公司", look(`自来水公司 供电所 供电局 电力公司 电信 移动公司 联通 水厂 燃气公司 电网 宽带 基站信号 国家电网`), nil, look(`辐射 家里的灯`), look(`G3`), 1.8},
	{"商家的事归市场监管", look(`商家 店家 超市 饭店 餐馆 饭馆 快递 物流 药店 景区 旅行社 网购 网店 4s店 健身房 保险公司 网贷公司 农家乐 菜场 菜市场 集市 客服`), look(`退 赔 价 秤 过期 变质 假 骗 丢 坏 收费 乱 贵 拖 定金 卫生 认账`), look(`油烟 噪音 吵 污水 扰民 工资 臭 唱歌`), look(`G11`), 1.4},
	// Pollution and noise by firms.
	{"是厂矿、工地、店铺造成的", look(`工厂 砖厂 纸厂 化工厂 厂子 养猪场 猪场 养鸡场 采石场 石场 工地 施工 ktv 歌厅 饭店 餐馆 烧烤 搅拌站 麻将馆 屠宰场 炼油厂 水泥厂 矿`), look(`吵 噪音 噪声 臭 烟 灰 污水 黑水 排 废 粉尘 扬尘 震 扰民 毒 油烟 通宵`), look(`烟头 邻居家的鸡`), look(`G5`), 1.8},
	// Neighbours and kin.
	{"另一方是邻居", look(`邻居 隔壁 楼上 楼下 对门 对面那家 他家 两家 隔篱 gebi`), look(`漏水 吵 闹 占 挡 堵 狗 鸡 树 墙 烟 臭 响 噪 界 过道 滴 堆 拦 不让 遮 伸 光 果 麻将 装修`), look(`物业 开发商 ktv 餐馆 饭店 烧烤 商铺 店铺 麻将馆 公司 厂 工地 施工 撞 打伤 赔 医 咬`), look(`H1`), 1.2},
	{"另一方是私人", look(`表弟 表哥 同学 朋友 老乡 熟人 亲戚 兄弟 邻村 隔壁村一个 同村 私人 乡里乡亲 合伙 会头 中间人`), look(`借 欠 还 钱 工钱 租 合伙 押金 定金 货 分成 垫`), look(`公司 银行 贷款公司 打伤 撞`), look(`H3`), 1.5},
	{"不是公司欠的", look(`不是公司 不是单位 私人老板 一个人喊我 私人喊`), look(`工钱 钱`), nil, look(`H3`), 3},
	{"是家里人的事", look(`过不下去 过不到一块 儿媳 媳妇 婆婆 公公 老公 丈夫 离婚 抚养 赡养 继承 遗嘱 分家 子女 儿女 彩礼退 家那口子 亲家`), nil, look(`借 打伤 撞 公司 低保 户口 医院 办酒 酒席 办丧 村里 分红 学校`), look(`H2`), 1.2},
	{"人身或财物受了损", look(`打伤 打了我 推了 推我 咬了 咬伤 撞了 撞伤 砸了 砸坏 踩坏 弄死 药死 毒死 骨折 摔伤 打断`), look(`赔 医药费 钱 不认 不管 影子 不给 责任 误工 拍片 石膏 手术`), look(`工地 公司 厂 单位 学校 幼儿园 医院看 野猪`), look(`H9`), 1.6},
	// The village's own.
	{"村里自己的路、灯、桥", look(`组路 村路 入户路 机耕路 村口 组上 巷子 村里的路 便民桥 小桥 村道 田间道 桥头 通组`), look(`灯 路 桥 坑 烂 塌 硬化 栏杆 泥 滑 镜 石 盖板 路牌`), look(`公交 车站 交通局 公路局 国道 省道 县道 拨款 立项 列入 家里的灯 我家的 自己家 县里的计划`), look(`V1`), 1.0},
	{"请村里把账公开", look(`公开 公示 账 明细 张榜 贴出来 贴出 收支 开支 榜`), look(`村 组 钱 看 花 贴 万`), look(`贪污 私吞 挪用 纪委 查处 举报 欠 账号 账户 公开招 面试 招聘 职称 gsp 账本也不给 合伙`), look(`V6`), 1.3},
	{"集体的地和钱", look(`集体 承包地 机动地 分红 承包 组里的地 责任田 分田 分地 延包`), nil, look(`征收 征地 拆迁 贪污 举报 私自卖 纪委 确权 工程 包工 门面 私人 补偿 年还 中途 果园同村 承包给店 餐馆 幼儿园`), look(`V5`), 1.0},
	{"选举、开会、村规", look(`选举 投票 选民 村民代表 村规 开会 业委会 业主大会 换届 村民大会 会上`), nil, look(`贿选 买票 拉票 举报 工会 公司`), look(`V7`), 1.2},
	// Officials.
	{"说干部违纪违法", look(`贪污 受贿 腐败 纪委 监委 私吞 挪用 吃拿卡要 贿选 吃空饷 优亲厚友 以权谋私 滥用职权 打击报复 公车私用 冒领 行贿 包庇 勾结 侵占`), nil, look(`邻居侵占 他侵占`), look(`G12`), 2.2},
	{"举报干部", look(`举报 查处 反映 投诉 检举`), look(`书记 主任 村主任 会计 村干部 干部 局长 镇长 校长 村委 领导 窗口 工作人员`), look(`账 公开`), look(`G12`), 1.2},
	// Roads.
	{"是公路", look(`县道 省道 国道 公路 高速 乡道 城区道路 市政 公交 班车 客运 红绿灯 交通局 公路局 大街`), nil, look(`撞了 撞人 宅基 征 家门口种 租`), look(`G6`), 1.4},
	{"要部门立项、给钱", look(`交通局 拨款 列入计划 立项 财政 县里的项目 水利局 列进`), look(`路 桥 硬化 公里`), nil, look(`G6`), 1.6},
	// Departments by name.
	{"点了部门的名", look(`民政`), nil, look(`民政局离婚 领证`), look(`G2`), 1.2},
	{"征地拆迁、办证", look(`征地 拆迁 征收 宅基地 宅基证 不动产证 房产证 土地证 确权 安置房 强拆`), nil, look(`开发商 物业 小区 交房 集体分 低保 分红`), look(`G4`), 1.4},
	{"低保救助", look(`低保 五保 残疾证 优抚 特困 高龄津贴 孤儿 临时救助 退伍军人`), nil, look(`公示 公开 贴 名单 干部亲戚 举报 侄子 关系户 受贿 贪`), look(`G2`), 1.3},
	{"养老医保", look(`医保 社保 养老金 养老保险 退休金 合作医疗 新农合 工伤 失业金`), nil, look(`骗 私吞 举报 征地`), look(`G1`), 1.4},
	{"学校的事", look(`学校 幼儿园 小学 中学 高中 学费 入学 转学 校车 教育局 高考 中考 老师补课`), nil, look(`路 车位 噪音 工地 唱歌 工资 待遇 补贴 职称 编制 校长 公示 贪 猪场 辐射 塘 红绿灯 危房 楼下 门口捡`), look(`G7`), 1.0},
	{"是医院、防疫的事", look(`卫生院 医院 疫苗 产检 准生证 独生子女 计生 卫健 村医 接生 献血`), nil, look(`陪 送 接 药钱借 撞 打 摔 赔 工伤 报销 带我去 我去 手术费 路 油烟 门口 楼下 推 量血压`), look(`G8`), 1.0},
	{"被骗、被偷", look(`被骗 骗了我 骗走 被偷 偷走 偷了 诈骗 冒用 报案 户口 身份证 派出所 传销 赌博 吸毒`), nil, look(`捡到 谁丢 办酒 低保 带身份证 选 分红 地`), look(`G9`), 1.3},
	// The home.
	{"自家屋里的东西", look(`我家的灯 我家灯 自己家 屋里的灯 家里的灯 家里灯 家里的水管 我屋里 我家门口那盏 堂屋 卧室 厨房的灯 我家水龙头`), nil, look(`漏到 楼上 隔壁 邻居 开发商 物业 危房 停水 停电`), look(`H5`), 1.8},
	{"要人陪、要人帮着跑腿", look(`陪我去 陪我 没人陪 帮我拿药 帮我取药 帮我买 帮忙拿药 帮忙取药 帮忙买 捎点 推我去 推佢去 送我去 没人送饭 陪着去 带我去`), nil, look(`聊天 说话 解闷 坐坐 伤 赔 说说话`), look(`H4`), 2.4},
	{"老人一个人，要有人去看", look(`电话打不通 电话没人接 不接电话 联系不上 没人照看 没人照应 腰痛 腰疼 腿痛 腿疼 头昏 头晕 动不得`), look(`一个人在家 一个人住 独居 送她去 送他去 找个人送 去看看 去看一下 78岁 老人家 站不稳`), look(`公司 商家 老板 物业 聊天`), look(`H4`), 6},
	{"家里的设备等着用电", look(`吸氧机 制氧机 呼吸机`), look(`没电 停电 断电`), nil, look(`G3`), 4},
	{"牲口走失，大家帮着找", look(`牛 羊 猪 狗 猫 鸡 鸭 马 驴`), look(`走丢 不见 丢了 跑丢 跑了`), look(`偷 人 娃 孩子`), look(`H8`), 4},
	{"家里的网、电视信号归电信", look(`网断 断网 没网 宽带 上不了网 没信号 网坏`), nil, look(`被骗 网购 网贷`), look(`G3`), 3},
	{"请人代写", look(`写个状子 写状子 代写 写封信 写个申请`), nil, nil, look(`H8`), 2},
	{"拾到或丢了东西", look(`捡到 拾到 执到 谁丢的 失主 谁看见 谁看到`), nil, look(`弃婴`), look(`H0`), 1.6},
	{"种养的事归农业", look(`直补 粮补 公益林 种子 猪瘟 鸡瘟 兽医 农机 野猪 退耕 农业保险 农技 畜牧 林业站 水库 农业局 苗木补`), nil, look(`骗 村里的水库边`), look(`G10`), 1.2},
	{"污水进了河，是村里的河段", look(`捞 浮萍 水葫芦 树枝 修枝 剪枝 绿化 花坛 行道树 水草`), nil, look(`电线 砸 我家的树 他家的`), look(`V4`), 1.2},
	{"垃圾、厕所、保洁", look(`垃圾 公厕 保洁 化粪池 旱厕 垃圾桶`), nil, look(`焚烧厂 填埋场 全市 全县 反对 邻居 隔壁 河里漂 广告 短信 垃圾站 家里马桶 建筑工地`), look(`V3`), 1.2},
	{"公墓、税、登记", look(`契税 个税 个人所得税 税务局 结婚证 结婚登记 营业执照 公墓 公证处 国土空间规划 护照`), nil, look(`药店`), look(`G0`), 1.6},
	{"活动室、食堂", look(`活动室 食堂 棋牌室 图书室 农家书屋 健身器材 广场舞 书法班 文化站 唱大戏 看戏 放电影 义诊`), nil, look(`学校 初中 高中 幼儿园 中学 工厂 单位 吐`), look(`V8`), 1.4},
	{"问村部、书记", look(`书记在 村委几点 村委会几点 书记星期 书记礼拜 网格员 村部 盖章 开证明 书记电话`), nil, look(`举报 贪 违`), look(`V0`), 1.6},
	// Who writes like this wants something.
	{"", look(`尊敬的 咨询 反映 投诉 请求 举报 恳请 恳求 领导 厅长 局长 市长 县长 书记 有关部门 相关部门 合法吗 合理吗 赔偿 起诉 政策 希望 建议 村民 业主 居民 群众 扰民 污染 合同 补偿 怎么办`), nil, look(`优惠 领取 点击 退订 密码 提示词`), look(`N0`), -2.5},
	{"村里的险情", look(`险情 灭火器 护栏 警示牌 救生圈 危墙 裸露的电线 没盖 落石 溺水`), look(`塘 山 孩子 小孩 电线 过期 井 山坡 娃 墙 河 水库`), look(`公路 国道 邻居`), look(`V9`), 1.2},
}

// ruling is what the borders said.
type ruling struct {
	why     string
	decides bool // without it another code would have won
}

// border moves the probabilities by every rule that fits.
func (c *Classifier) border(t words, probs []float64) ruling {
	before, _ := c.best(probs)
	var r ruling
	strongest := 0.0
	for _, b := range borders {
		if !b.fits(t) {
			continue
		}
		for i, code := range c.codes {
			if b.names(code) {
				probs[i] *= math.Exp(b.by)
			}
		}
		if b.by > strongest && b.why != "" {
			strongest, r.why = b.by, b.why
		}
	}
	if i := slices.Index(c.codes, NoCode); i >= 0 {
		probs[i] *= c.nothingOdds(t)
	}
	if i := slices.Index(c.codes, t.faultCode); i >= 0 {
		probs[i] *= t.faultOdds()
	}
	sum := 0.0
	for _, p := range probs {
		sum += p
	}
	for i := range probs {
		probs[i] /= sum
	}
	after, _ := c.best(probs)
	r.decides = strongest > 0 && c.codes[after] != c.codes[before]
	return r
}

// nothingOdds is how much likelier than in the examples a text is no request.
// Who texts a village mostly wants something, and to miss it is worse than to
// show the secretary a greeting; but where no word says that anything is wrong
// or wanted, it evens out.
func (c *Classifier) nothingOdds(t words) float64 {
	odds := 0.1
	if t.faulty {
		return odds * 0.1
	}
	if !t.hasAny(needs) {
		odds *= 10
	}
	if t.content > longForNothing {
		odds *= 0.1
	}
	return odds
}

// faultOdds is how much likelier the usual code of a broken thing is in a text
// that says little else; in a longer one the model judges the whole.
func (t words) faultOdds() float64 {
	switch {
	case t.content <= 6:
		return 100
	case t.content <= 14:
		return 6
	}
	return 1
}

// longForNothing: people who chat or thank write shorter than that.
const longForNothing = 90

func (b border) fits(t words) bool {
	return t.hasAny(b.any) && (b.also == nil || t.hasAny(b.also)) && !t.hasAny(b.unless)
}

func (b border) names(code string) bool {
	for _, x := range b.codes {
		if x == code || catalog.Kind(x) == catalog.KindOf(code) {
			return true
		}
	}
	return false
}

// pressing reports words of serious harm within days.
func (t words) pressing() bool {
	for _, p := range pressings {
		if p.fits(t) {
			return true
		}
	}
	return false
}

// pressings are the rules of what is urgent; only any, also and unless count.
var pressings = []border{
	{any: look(`全村 全组 好多家 整个村 几十户 整栋 全村人 家家 好几家 我们这一片`), also: look(`停电 停水 没水 没电 断水 断电 莫得水 没得水 吃水 水停`)},
	{any: look(`停水 停电 断水 断电 水停了 没水吃 没得水吃 电停了`), also: look(`三天 两天 几天 一天多 四天 五天 一周 一个星期 两三天`), unless: look(`补偿 电费 我家一家`)},
	{any: look(`手术费 透析 胰岛素 救命钱`), also: look(`没钱 不给 等着 用完 断药 停药 交不起 没人送 凑不够`)},
	{any: look(`没饭吃 断粮 没米了 几天没吃 三天没吃 两天没吃 一天没吃 没东西吃 没吃没喝 不吃不喝`)},
	{any: look(`发烧 高烧 烧到`), also: look(`两天 三天 一个人 没人`), unless: look(`孩子疫苗`)},
	{any: look(`栏杆 护栏 桥板 栏干 救生圈`), also: look(`小孩 孩子 娃 底下就是 下面就是 学生 偷 拿走`), unless: look(`生锈 建议`)},
	{any: look(`井盖没 井盖不见 掉下去 塌了个洞 大洞 深坑`), also: look(`晚上 小孩 孩子 娃 老人 路`), unless: look(`手机`)},
	{any: look(`路塌 桥断 桥塌 路垮 路断 塌方 垮了半边 路冲断 组路塌 桥垮`), unless: look(`去年 修好 塌方险`)},
	{any: look(`倒灌 粪水 污水`), also: look(`院里 院子 屋里 好几家 井边 水井 往家`)},
	{any: look(`电线`), also: look(`掉地 掉在地 断了 垂到 垂下来 吊在半空 裸露 拖在地`), unless: look(`路灯的线`)},
	{any: look(`大树 枯树 老树 树`), also: look(`要倒 快倒 根都翘 砸下来 压着电线 靠在电线`)},
	{any: look(`旱`), also: look(`死 打绺 裂 枯`), unless: look(`旱厕 去年`)},
	{any: look(`红绿灯 红绿等`), also: look(`车乱 孩子 小孩 危险`)},
	{any: look(`强拆`), also: look(`明天 马上 今天 后天`)},
	{any: look(`支架`), also: look(`掉 锈 砸`)},
	{any: look(`没暖气 没供暖`)},
	{any: look(`吸氧机 制氧机 呼吸机 氧气机`), also: look(`没电 停电 断电 没得电 用不了 用不成 坏`)},
	{any: look(`疯狗 恶狗 野狗 大狗 毒蛇 野猪`), also: look(`咬人 追人 咬了 伤人 见人就`), unless: look(`去年 赔`)},
	{any: look(`蛇 马蜂窝`), also: look(`进屋 屋里 床 家里 屋檐 蜇`), unless: look(`药 蛇皮`)},
	{any: look(`狗咬 咬伤 咬了`), also: look(`血 腿 手 脸 娃 孩子`), unless: look(`赔 去年 鸡 鸭 羊 如果 万一 要是 怕`)},
	{any: look(`电话打不通 电话没人接 不接电话 打不通电话 联系不上 关机`), also: look(`一个人在家 一个人住 独居 一个人 两天 三天 昨天`), unless: look(`老板 公司 商家 包工头 开发商 物业 施工 房东`)},
	{any: look(`锁在屋 反锁 关在屋里出不`), also: look(`出不去 出不来 打不开 一个人`)},
	{any: look(`头昏得 头晕得 昏得厉害 晕得厉害 站不稳 起不来床 发高烧`), unless: look(`去年 贷`)},
}
