package classify

import (
	"strings"

	"sanshi/internal/catalog"
	"sanshi/internal/classify/linear"
)

// sign is one way in which people say that something is dangerous now. Each
// group must be found in the same sentence; what stands in unless, anywhere in
// that sentence, says that it is something else.
type sign struct {
	danger string
	groups [][]string
	unless []string
	// near takes the sign back only within a few characters before the last
	// group's word: "包不见了" is no missing person, "孩子背着包不见了" is.
	near []string
}

// look splits a row of words at spaces; an @ within a word stands for a space.
func look(words string) []string {
	list := strings.Fields(words)
	for i, w := range list {
		list[i] = strings.ReplaceAll(w, "@", " ")
	}
	return list
}

// calm are words that speak of another time, of a wish, a rule or a picture, and
// not of now. They are looked for in the same sentence, before the sign.
var calm = look(`去年 前年 大前年 以前 从前 往年 上次 上回 上个月 那年 那天 当年 小时候 年轻时 曾经 前阵子 几年前 年前
	万一 如果 要是 假如 会不会 怕 担心 容易 小心 预防 防止 防火 防汛 防溺水 宣传 演练 演习 培训 听说 电视 新闻 电影 小说 梦见 做梦 抖音 视频里 手机上看
	昨天 前天 可能会 早晚 迟早 以免 避免 谨防 严禁 禁止 不要 别 ifthere`)

// settled are words of claims, courts and money: what they speak of is over.
var settled = look(`赔 误工 医药费 伤情鉴定 做鉴定 鉴定费 起诉 责任 保险 报销 工伤 伤残 判了 法院 调解 救济 补助 补贴 打官司 事故认定 理赔 后遗 康复 出院 负责 咨询 请问 怎么处理 举报信 尊敬的`)

// over are words after the sign that take it back.
var over = look(`灭了 灭掉了 扑灭 没事了 没事儿 已经过去 找到了 回来了 醒了 现在好了 已经好了 已经修 不疼了 假的 误会`)

var signs = []sign{
	// Fire.
	{"fire", [][]string{look(`着火了 着火啦 起火了 失火 着火 起火 走火 火警 火烛 烧起来 着起来 燃起来 烧着了 烧到 火烧 火苗 火光 冒浓烟 浓烟 好大的火 火好大 火很大 火势 大火 点着了 着咗火 着仔火 火烧屋 冒火`)},
		look(`那家要不要 着火那家 捐款 着火点 起火点 灭火器 火锅 发火 火气 火烧火燎 火烧云 火烧眉毛 上火 恼火 打不着火 打不起火 点不着火 不着火 热水器 灶打 燃气灶 烧烤 垃圾 烧纸 上坟 鞭炮 烟花 先进 消防栓 消防车 秸秆 烧荒 烧柴 烧煤 烧塑料 烧炕 柴草 纸壳 乱接 电线 电杆 私拉 一点就着 救济 消防通道 消防部门 消防隐患 砖厂 放火 红火 火化 火葬 烧掉 被火烧了 房子被烧`), nil},
	{"fire", [][]string{look(`电线 插座 电表 配电箱 变压器 线路 电杆 电瓶车 电动车 电池 空调`), look(`冒火花 打火花 冒火 火花 冒烟 着火 起火 烧起来 炸了`)}, look(`一刮风 有时 偶尔 垃圾`), nil},
	{"fire", [][]string{look(`秸秆 山边 林子 荒坡 田边 草垛 柴堆 垃圾堆`), look(`火很大 火苗很大 火大 烧到 蔓延 控制不住 烧起来 着火了 烧过来 往山上 往村里 往屋`)}, nil, nil},
	{"fire", [][]string{look(`冒烟 起烟 烟好大 好大的烟 烟大 黑烟`), look(`屋里 房里 屋子 房子 楼上 楼里 厨房 柴房 仓库 山上 后山 林子 窗户 老屋 家`)}, look(`灶 烟囱 砖厂 厂 饭店 烧烤 炕 油烟 排 柴火 做饭 抽烟 香烟 三轮 拖拉机 车`), nil},

	// Something comes down.
	{"collapse", [][]string{look(`墙 房子 房屋 屋子 老屋 我屋 我家 危房 楼 屋梁 房梁 大梁 阳台 棚 厕所 学校 脚手架`), look(`要倒了 快倒了 就要倒 马上倒 要倒下 要塌 快塌 就要塌 要垮 快垮 要散架 咔咔响 嘎吱响 往外歪 往下沉 正在塌 正在倒 往下掉砖 在掉砖 裂开大口子`)}, look(`空房 没人住 废弃 空了 知青屋 垃圾 电线杆 大树 树 厂里 倒垃圾 倒水 围一围`), nil},
	{"collapse", [][]string{look(`墙 房 屋 楼 棚 台子 台 桥 坝 梁 土 山 石头 树 砖 坡 泥`), look(`压着人 压到人 压住人 压了人 砸到人 砸着人 砸了人 砸伤 埋了 埋住 埋在 压在下 压在底 有人在下面 下面有人 人在下面 人在里头 人在里面 里面有人 里头有人 还有人`), look(`倒 塌 垮 掉 滑 落 崩 裂 埋 沉`)}, look(`倒垃圾 易碎 玻璃`), nil},
	{"collapse", [][]string{look(`山体滑坡 滑坡了 泥石流 山塌了 山崩 塌方 地陷 地面塌 房子塌了 房塌了 屋塌了 屋子塌了 房屋倒塌 房子倒了 楼塌了 墙塌了 墙倒了 桥塌了 桥垮了 房子垮了`)},
		look(`路塌 塌方路 公路塌方 路上塌方 道路塌方 进村的路 空房 没人住 废弃 老牛 半边 院墙 篱笆 菜园 补助 修一下 围墙塌了 谁修 塌方的路 路面`), nil},
	{"collapse", [][]string{look(`院墙 围墙 土墙 山墙 危墙 砖墙 承重墙 墙`), look(`要倒了 快倒了 要塌了 快塌了 就要倒 马上要倒`)}, nil, nil},
	{"collapse", [][]string{look(`桥`), look(`要塌了 快塌了 要垮了 快垮了 要断了 快断了 就要塌 就要断 马上塌 马上断 桥面陷 桥面裂开`)}, look(`桥头的 桥边 桥洞下 桥头那 栏杆 护栏 路灯`), nil},

	// Water.
	{"flood", [][]string{look(`水 洪`), look(`漫进屋 进屋了 漫进家 冲进屋 冲进村 冲进家 淹进屋 灌进屋 淹到床 淹了一楼 淹到腰 齐腰 漫过门 淹到膝 到膝盖了 往屋里灌 往家里灌 进了屋 进屋里 已经进屋 屋里进水 家里进水 房里进水 水进屋`)},
		look(`污水 粪水 下水道 马桶 水管 水龙头 洗衣机 厕所 厨房 粪 雨水从 漏雨 屋顶 楼上 水池 田 雨从 雪 排水沟 阴沟 泔水`), nil},
	{"flood", [][]string{look(`发大水 涨大水 大水来了 洪水 山洪 决堤 溃坝 溃堤 垮坝 管涌 漫坝 漫堤 漫过堤 漫过坝 大坝决口 水库决口 要决口 水库要垮 大水冲 被水围 被洪水 水围住 困在水里 水涨到 水漫过桥`)}, look(`渠决口 赔 补助 受灾 冲毁的 建议 项目 加固 治理`), nil},

	// Gas.
	{"gas", [][]string{look(`煤气 燃气 天然气 液化气 瓦斯 沼气 天燃气 气罐 气瓶 煤炭气`), look(`味 泄漏 泄露 漏气 漏了 在漏 中毒 漏得 嘶嘶 呲呲 漏着`)}, look(`涨价 价格 收费 乱收 缴费 打不着 没接通 不足 报警器 安检 安装 入户 不漏气`), nil},
	{"gas", [][]string{look(`煤烟 炭火 烤火 烧炭 煤炉 生炉子`), look(`中毒 头晕 昏 叫不醒 晕倒`)}, nil, nil},

	// Somebody is missing.
	{"missing", [][]string{look(`孩子 小孩 娃 细路 囡 孙子 孙女 外孙 儿子 女儿 闺女 弟弟 妹妹 老人 老太 老头 老汉 老爹 老娘 老伴 爷爷 奶奶 外公 外婆 公公 婆婆 爸 妈 娘 伯 叔 婶 人`), look(`走丢 走失 不见了 不见啦 不见人 找不到人 找不着人 找不到了 找不着了 失踪 没回来 没回家 没返 唔见咗 唔见 被拐 被人抱走 丢了 寻不着 寻勿着 没影了 人没了影`)},
		look(`工资 工钱 欠 借 债 合同 贩子 法院 执行 物业 开发商 押金 定金 赔 肇事 老同学 战友 失散 多年 打工 过年 春节 好久没回 半年 一年 几年 村医 干部 书记 主任 医生 保洁 收垃圾 废品 娘家 牌位 名单 档案 过世 去世 冷清 孤单 想他 户口`),
		look(`钱 货 老板 包工头 会头 师傅 狗 猫 羊 牛 鸡 鸭 猪 鸽 鸟 鹦鹉 兔 手机 证 卡 存折 钥匙 快递 包 药 伞 车 鞋 衣服 照片 志愿者 媳妇 对象 老公 丈夫 负责人 联系人 假牙 眼镜 农具 锄头 东西 看 眼 听 瞧 盖 板 灯 牌 栏杆 锁 桩 表 管`)},
	{"missing", [][]string{look(`走丢 走失 失踪 不见了 没回来`), look(`媳妇 老公 丈夫 爱人 驴友 工人 放牛的 采药的 痴呆 智障 孤寡 盲人 邻居 大爷 大妈 大叔 婆婆`), look(`一夜 一晚 昨晚 天黑 一天 小时 到现在 山上 电话打不通 找遍`)}, look(`钱 欠 娘家 狗 猫 羊 牛 工资 吵`), nil},

	// Somebody is hurt.
	{"hurt", [][]string{look(`撞了 撞到 撞倒 撞飞 车祸 翻车 撞车 压到 轧 撞上 出车祸`), look(`躺 不动 流血 是血 满头血 昏 起不来 卡在 压在 救护车 快来 好几个人 断了 困在 叫救护 死人了 人在地上`)}, look(`当时讲 手术费 住院 人影 不认`), nil},
	{"water", [][]string{look(`掉河里 掉水里 掉到河 掉进河 掉进水 掉到水 掉进塘 掉到塘 掉塘里 掉井里 掉进井 掉到井 落水 溺水 淹着 沉下去 冲走了 水冲起走 遭水冲 被水冲 叫水冲 冲起走 跌落水 跌落河 掉窖里 掉进粪坑 掉坑里 掉下悬崖 掉下山 掉进沟`)}, look(`手机 假牙 拐 钥匙 鞋 帽子 差点 人品 倒霉 树枝 垃圾 狗 鸡 鸭 羊 牛 车钥匙 怕人 怕掉`), nil},
	{"hurt", [][]string{look(`触电 被电到 电到了 电着了 电倒 电晕 被电打`)}, look(`鸡 羊 牛 赔`), nil},
	{"hurt", [][]string{look(`血流不止 止不住血 流了好多血 满地血 满地是血 满头是血 砍到脚 砍到手 手指断 手断了 绞进 夹住手 卷进 绞断 割到 烫伤一大片 被蛇咬 毒蛇咬`)}, look(`快递 报纸 割到一半`), nil},
	{"poison", [][]string{look(`喝农药 喝了农药 误喝 误食 农药中毒 毒蘑菇 食物中毒 有毒的蘑菇 吃了蘑菇 吃了菌子`)}, look(`快递 报纸 割到一半`), nil},
	{"hurt", [][]string{look(`上吐下泻 又吐又拉 中毒`), look(`十几个 好多人 好几个 几十个 昏 晕 都 一桌人 很多`)}, look(`猪 牛 鸡 鱼 鸭`), nil},
	{"hurt", [][]string{look(`马蜂 蜂子 土蜂 胡蜂`), look(`蜇`), look(`肿 喘 昏 晕 不动 好多 满头 脸 送医院`)}, nil, nil},

	// Somebody lies there.
	{"fall", [][]string{look(`摔 跌 滑倒 跘 绊 倒在 栽 躺在 滚下 掉下 跌倒 晕 昏 瘫在`), look(`起不来 动不了 不能动 爬不起 站不起 叫不应 叫不醒 喊不应 不应声 没反应 不动了 一动不动 流血 出血 是血 有血 满头血 头破 不省人事 昏过去 昏迷 抽搐 抬不动 断了气 没知觉 说不出话 爬勿起 郁唔到 唔识郁`)}, look(`后来 去年 石膏 赔 骨折好 不肯 猪死 鸡死 鸭死 羊死 牛倒`), nil},
	{"fall", [][]string{look(`叫不应 叫不醒 喊不应 喊不醒 不省人事 昏迷 昏倒 昏死 晕倒 昏过去 晕过去 没呼吸 没有呼吸 没气了 断气 心脏病发 心梗 中风了 脑溢血 抽搐 口吐白沫 大口吐血 吐了好多血 吐血不止 在吐血 咳血不止 大出血 喘不上气 喘不过气来 上不来气 胸口痛得 胸口疼得 心口疼得 休克 嘴歪 半边身子动不了 突然说不出话 快不行了 要不行了 噎住 卡住喉咙 羊水破 要生了 喝错药 吃错药 呼吸困难 呼吸不了`)},
		look(`母猪 母牛 母羊 小羊 羊羔 猪 牛 狗 鸡 鸭 压力大 笑 气得 十几头 头死 快不行了的 灯快 车快 手机快 电视快 庄稼 生意 树 桥 买卖 办证 房贷 天气 太热 得要 今早咽气 出殡`), nil},
	// Violence, going on.
	{"violence", [][]string{look(`拿刀 提刀 持刀 动刀 拿着刀 拿斧 拿菜刀 砍人 砍死 杀人 要杀 往死里打 要打死 要弄死 掐我脖子 掐脖子 抢劫 绑架 强奸 打群架 械斗 非礼 性侵 猥亵 捅人 捅了`)}, look(`杀猪 赔 判 贷款 说要 以为 我要杀人 想杀人 电脑 游戏 剧`), nil},
	{"violence", [][]string{look(`打起来 打成一团 打架 在打人 打人了 打人啦`), look(`快来 拿棍 棍子 好多人 正在 现在 头破 流血 拉不开 拦不住 几十个 十几个 动手了 打起来了`)}, look(`受伤怎么 判 小孩 物业 吵起来 猫 狗 鸡`), nil},
	{"violence", [][]string{look(`在打妈 在打我妈 打我妈妈 在打孩 在打她 在打老 在打奶 又打我 又动手 动手打 打我和 正在打 在打我 打得我 打老婆 打孩子打 天天打我 一直打我 家暴 还打我 打咗我 打我打 又把我打 把我打得 殴打 打破头 往死里 喝醉酒打 喝了酒打 喝酒就打 又打人 又打媳妇 又打婆娘 又打老婆 打我娘 打我妈 打他妈 打他娘 打老人 关着打 不让我出门 锁在屋里 关在屋里不`)},
		look(`门打不开 钥匙 反锁 门锁 不想活 想死 寻死 打我电话 打我手机 打我的电话 狗 猫 快递 麻将 牌 算不算 离婚要 能判 已经离 打电话 作业 考 医药费 邻居打 打完 药`), nil},
	{"violence", [][]string{look(`男人 老公 丈夫 前夫 儿子 爸 媳妇 女婿 家那口子 当家的 他 婆娘 老头子 家公`), look(`打我了 动手了 又打 又动手 要打我 打了我 打我一 打得 打我`)},
		look(`打我电话 打我手机 打我的电话 没打我 没有打我 没动手 不打我 打来 打麻将 打牌 打工 打电话 打球 打游戏 打针 打药 打赢 打招呼 打官司 打扰 打听 打扫 打水 打饭 打车 打开 打包 打算 打折 打井 打会 打欠条 打借条 打了我的 邻居 不认账 以前打过 打过我 去年 赔 打死我也 打听 打掉`), nil},

	// Talk of dying.
	// Somebody has jumped: those who can swim are needed, not those who can keep quiet.
	{"water", [][]string{look(`有人 邻居 隔壁 他 她 娃 孩子 老人 媳妇 男的 女的 婆 爷`), look(`跳河了 跳塘了 跳井了 跳水库了 跳江了 跳下河 跳下塘 跳进河 跳进塘 跳到河 跳到塘 投河 投塘 投井`)}, look(`要跳 想跳 说跳 游泳 洗澡 鱼 狗 鸭 剧`), nil},
	{"suicide", [][]string{look(`不想活 不想再活 活着没意思 活着没意义 活着没劲 活着有啥意思 活着有什么意思 活着还有什么 活着干什么 活着做啥 活着干啥 活够了 活腻 活得没意思 活得没劲 没有活头 没活头 没啥活头 不想活了 唔想活 唔想做人 勿想活 自杀 寻短见 寻死 轻生 跳楼 跳河 跳井 跳水库 上吊 割腕 结束生命 结束自己 了结自己 了断 一了百了 遗书 死了算了 死了干净 死了还好 还不如死 不如死 不如走了 走了算了 想死的心 喝药 想死 去死了 药已经摆 农药 安眠药 绝路 活不下去 过不下去了想 下辈子再 撑不下去不想 没脸活 死了一了 早点死 老天收了我 收我走 跟老伴走 跟他一起走 去找老伴 去陪老伴 最后一条短信 以后别来找我 再也不用管我`)},
		look(`骂得想死 想问 能不能开 开药 哪里开 想死你 想你 想我 聚 题 考试 作业 游戏 想死我 想死他 想死了的 热得想死 困得 忙得 累得 尴尬 笑 打农药 农药瓶 农药袋 农药店 买农药 卖农药 农药钱 喷农药 农药没 农药飘 农药残 化肥农药 农药化肥 农药中 打药 你去死 工资 养老金 低保 补贴 补偿 污染 拆迁 厂 生意 庄稼 喝药的 喝药期 喝药一个 喝药半 喝药几 喝药两 喝药三 不见好 药喝 喝药要 喝药前 煎药 按时喝药 鱼 猪 鸡 鸭 猫 狗 树 花 蟑 老鼠 鼠 治理 跳楼价 跳楼大 甩卖 跳河里洗 跳河游 回收 卖 保健品 承包 果树 蔬菜 秧 苗 虫 田`), nil},
	{"suicide", [][]string{look(`安眠药 农药 药 绳子`), look(`摆在面前 准备好了 买好了 吃了一瓶 喝了一瓶 喝下去 喝了半瓶 吃了一把 都吃了 全吃了 喝了农药 喝农药`)}, look(`按时 没效 秧 虫 庄稼 便宜`), nil},

	// What is seen, said in parts: who, and what is wrong with the body.
	{"fire", [][]string{look(`走水 火窜 火蹿 火苗子 火星子 火往 山火 火海 往外冒火 烧过来 烧到房 烧到屋 烧上来 油锅起火 挡不住了 扑不灭`), look(`房 屋 楼 梁 家 牛棚 猪圈 柴 草 灶 山 林 坡 村 窗 锅 插 电 棚 下来 仓 竹`)}, look(`走水路 烟花 火星文 烧荒 垃圾`), nil},
	{"fire", [][]string{look(`全是烟 都是烟 浓烟 烟好大 烟雾大`), look(`楼道 屋里 屋 下不去 出不来 房间 下不了`)}, look(`油烟 抽烟 饭店 烧烤 厂 灶`), nil},
	{"collapse", [][]string{look(`塌下 塌了 垮下 垮了 倒下来 砸下来 坍`), look(`老伴 婆婆 老人 小孩 孩子 娃 爷爷 奶奶 爸 妈 两个人 工人 把人 人捂 捂住 压到 埋 在里面 在里头`)}, look(`路塌 吓 怕伤 补助 差点 学校路`), nil},
	{"collapse", [][]string{look(`房 屋 墙 阳台 楼板 房梁 屋顶`), look(`晃得很 晃得厉害 门框都变形 吱吱响 掉灰掉渣 不敢待 往下掉渣 裂得好快 越裂越大 快掉下来 要掉下来`)}, look(`电视 床 椅子 树`), nil},
	{"flood", [][]string{look(`水`), look(`到大腿 到腰 到胸 到脖子 漂起来 水深 淹到 没过膝 没过腰 齐胸 往上涨得快 漫上来了 淹上来`)}, look(`污水 水田 水池 水库水深 塘水深 鱼 游泳 很深 水深危险 马桶 水管`), nil},
	{"flood", [][]string{look(`困在 围在 出不来 逃不出 出不去 上不了岸`), look(`水 河 洪 屋顶 沙洲 车里 岛 涨`)}, look(`路 泥 堵车 隔壁 杂物 桥断`), nil},
	{"flood", [][]string{look(`大坝 水库 河堤 堤坝 塘坝`), look(`口子越 越冲越大 在漏水 管涌 要垮 快垮 漫出来 溃 缺口`)}, look(`栏杆 去年 淤`), nil},
	{"gas", [][]string{look(`煤气 液化气 天然气 燃气 沼气`), look(`闻到 闻着 一股 熏 呛 全是 嘶嘶 关不上 在漏 哪里漏 泄`)}, look(`价 费 换 灶打 气瓶重`), nil},
	{"gas", [][]string{look(`热水器 炭 煤炉 烤火 烧炭`), look(`熏倒 晕在 倒在 昏在 熏晕 没反应`)}, nil, nil},
	{"missing", [][]string{look(`孩子 小孩 娃 孙 外孙 儿子 女儿 闺女 妹妹 弟弟 老人 老汉 老头 老爹 婆婆 爷爷 奶奶 爸 妈 大伯 大爷 公公 老伴`), look(`没消息 没下山 没见着 没见到人 找遍 到处找 联系不上 失联 找不见 没找到 没找着 人影 寻不到`), look(`放学 出门 出去 早上 昨天 昨晚 痴呆 糊涂 傻 手机关机 关机 天黑 半夜 上山 一天 小时 到现在 下午`)}, look(`工资 钱 对象 工作 打工 房子 快递 年没`), nil},
	{"missing", [][]string{look(`老人 老太 老头 奶奶 爷爷 外公 外婆 婆婆 公公 我妈 我爸 老伴 孩子 娃 孙子 孙女`), look(`走丢了 走失了`)}, look(`羊 牛 狗 猫 鸡 鸭 鹅 鸟 猪 鸽 兔`), nil},
	{"missing", [][]string{look(`没下山 没下来 没回来`), look(`放牛 放羊 采药 捡菌 砍柴 打柴`)}, nil, nil},
	{"fall", [][]string{look(`翻白眼 口吐 吐沫 抽筋 脸发紫 发紫 脸都青 脸色发青 身子发硬 出冷汗 冒冷汗 满地滚 满地打滚 晕在 昏在 不动弹 动弹不得 没动静 没有反应 没得气 喊不答应 叫不开门 敲门没人应 敲门不应`), look(`娃 孩子 老 爷 奶 爸 妈 爹 娘 婆 人 他 她 我 嘴 脸 心口 胸口 肚子 邻居 隔壁 刺`)}, look(`腿抽筋 笑 吓得 猪 牛 羊 鸡 狗 猫 灯 机 卖萌 去年 补钙 半夜腿 车 电脑`), nil},
	{"fall", [][]string{look(`心口 胸口 心脏 胸 脑袋 头 肚子`), look(`疼得要死 痛得要死 疼得受不了 痛得受不了 疼得厉害 痛得厉害 痛得冒 疼得冒 痛得满地 疼得满地 痛死 要命了 绞痛 憋得慌喘`)}, look(`考 房贷 头痛的事 买药 气`), nil},
	{"fall", [][]string{look(`刺 骨头 糖 花生 枣 饭`), look(`卡住 噎 呛`), look(`脸 喘 气 喉 青 紫 咳不出`)}, look(`狗 猫`), nil},
	{"hurt", [][]string{look(`手指 手 脚 腿 胳膊 骨头 头 眼睛 脸`), look(`打掉 断了骨头 骨头都露 露出来 绞进 砍到 锯到 轧断 压断 血止不住 止不住 血直冒 血流下来 满头血 满脸血 喷血 砸烂`)}, look(`赔 树 桌 鸡 麻将 电线`), nil},
	{"hurt", [][]string{look(`滚油 热油 开水 油泼 烧开的油 沸水 火药 鞭炮`), look(`泼到 浇到 烫到 烫了 炸到 炸伤 身上了`), look(`娃 孩子 人 脸 身 老`)}, look(`树 菜`), nil},
	{"hurt", [][]string{look(`咬得 扑倒 咬住`), look(`血 不放 拉不开 昏`)}, look(`赔 鸡 鸭 羊 狗咬狗`), nil},
	{"hurt", [][]string{look(`翻沟里 翻到沟 翻下 冲下桥 冲下沟 冲进河 掉下桥 翻坎下 掉下坎 翻车 从屋顶摔 从楼上摔 从脚手架 从树上摔 摔下来 掉下来`), look(`人 血 腿断 骨头 不动 昏 压 救`), look(`压在 压着 不动 血 断 卡 昏 救 飞出去 露出来`)}, look(`赔 工伤 公司 老板 石膏 瓦 东西`), nil},
	{"water", [][]string{look(`掉塘里 掉河里 掉井里 掉沟里 掉粪坑 掉进`), look(`娃 孩子 老 人 婆 爷`)}, look(`手机 差点 怕 容易`), nil},
	{"hurt", [][]string{look(`被电 被雷 电打`), look(`黑了 不行了 倒 不动 昏 打了`)}, look(`电话 电视 电死我的 鸡 羊`), nil},
	{"violence", [][]string{look(`拿凳子 拿棍 拿棒 拿皮带 拿锄头 拿砖 拿铁 拿扁担 用皮带 抄家伙 拿着刀 提着刀 拿刀 拿斧`), look(`砸我 打我 抽我 追我 追 砸 抽 打 干起来 拦不住 血`)}, look(`打水 打扫 打井 打枣`), nil},
	{"violence", [][]string{look(`在打他 在打她 又在打 正打 往死里打 打得很凶 打得好凶 打了一天 拦不住 干起来了 打成一片 锁在屋里打 按在地上打 关起来打`), look(`婆娘 老婆 媳妇 孩子 娃 妈 我 弟 妹 人 隔壁 男的 女的 工地`)}, look(`打麻将 打牌 打球 打扫 打电话 打折 广告`), nil},
	{"suicide", [][]string{look(`永别 下辈子见 下辈子再 来世再 就此别过 绳子都 挂好了 收了去 把我收 收了我 一闭眼就不 睡过去就不 不再醒 再也不醒 活下去的意 活下去的理 活下去的劲 活着是拖累 活着也是拖累 活着太累 活着好累 活一天算一天 不想再熬 不想熬 熬不下去了 熬不住了 留了遗 后事从简 我先走一步 早走早 早点走了 了却 解脱了算`), look(`我 他 她 你 妈 爸 娃 女儿 儿子 人 ， 活 死 不 了`)}, look(`热 加班 夜 作业 考试 游戏 剧 汤 粥 药熬`), nil},
	{"suicide", [][]string{look(`站在 坐在 到了 走到`), look(`水库 桥上 楼顶 河边 井边 铁路 悬崖 天台`), look(`不想 什么都不 再见 对不起 来生 永别 没意思 结束 解脱`)}, look(`等你 钓鱼`), nil},
	{"suicide", [][]string{look(`说要 说是要 吵着要 闹着要 想要`), look(`从楼上跳 跳下去 跳楼 跳河 跳井 跳塘 上吊 喝农药 喝药 撞墙死 割手`)}, look(`按时 中药 跳楼价 跳下去游 熬药 卖`), nil},
	{"suicide", [][]string{look(`字条 纸条 遗书 短信 留言`), look(`对不起我们 对不起大家 对不起你们 不想活 别找 照顾好`)}, nil, nil},

	{"fire", [][]string{look(`车子着了 车着了 摩托着了 电动车着了 房子着了 屋子着了 屋着了 柴堆着了 棚子着了 牛棚着了 猪圈着了 厨房着了 仓库着了 灶房着了 草堆着了`)}, look(`打着了 点着了 睡着`), nil},
	{"fall", [][]string{look(`倒地不起 倒在地下 躺到地 躺在地 倒到地 瘫到地`), look(`不起 不晓得醒 不晓得应 叫不 喊不 没反应 冇反应 不动 不应`)}, look(`去年 树 狗 猫 牛 羊 猪 撒泼 耍赖`), nil},
	{"fall", [][]string{look(`头晕 头昏 眼前发黑 眼发黑 浑身发软`), look(`站不住 站不稳 要倒 快倒 要晕 快晕`), look(`没人 一个人 快来 厉害 怎么办 咋办 救`)}, look(`去年 量血压 开药 报销 树 墙 忙得 累得`), nil},
	{"hurt", [][]string{look(`咬`), look(`血流不停 流血不停 血流不止 止不住血 血止不住 一大块肉 好大一块肉 一块肉`)}, look(`鸡 鸭 羊 赔 去年`), nil},
	{"suicide", [][]string{look(`药 农药 绳子`), look(`备好 备起 准备好 摆好`), look(`别找我 莫找我 不要找我 你们别找 照顾好 对不起`)}, look(`药材 种子 煎`), nil},

	// In words of their own: help, a child shut in, water, poison, a live wire.
	{"help", [][]string{look(`救命 快来人 来人啊 来人呀 救救我 救我 快来救`)}, look(`救命钱 救命药 救命稻草 救命恩 救命的钱 救我一 救命之`), nil},
	{"help", [][]string{look(`娃 孩子 小孩 孙 宝宝 毛毛 老人 老太 婆婆 爷爷 奶奶 我妈 我爸 他 她 我`), look(`锁在车 关在车 困在车 困在电梯 关在电梯 卡在电梯 锁在车里 掉在井 卡在门 卡在栏 卡在洞`)}, look(`电梯费 电梯坏了几 钥匙锁在车`), nil},
	{"help", [][]string{look(`娃 孩子 小孩 孙 学生 细伢子`), look(`塘边 河边 水边 井边 水库 塘里 河里 水里 沟边 玩水 游泳 洗澡`), look(`没大人 没得大人 没人看 没人管 没家长 大人不在 一个人`)}, look(`建议 护栏 经常 总有 总是 常常 天天 每年 牌子 警示 栏杆`), nil},
	{"water", [][]string{look(`人 娃 孩子 小孩 孙 妈 爸 爷 奶 公 婆 他 她 我 牛娃 老`), look(`掉 跌 落 滑 栽 摔 滚`), look(`水塘 塘里 池塘 鱼塘 河里 水里 井里 沟里 水库 粪坑 化粪池 窖里 堰塘 湖里`)}, look(`人品 倒霉 手机 假牙 拐 钥匙 鞋 帽 差点 容易 怕 垃圾 狗 鸡 鸭 羊 牛 猪 车钥匙 路滑 滑溜 塌 落叶 墙 树 灯 掉色 沟里的 水位 跌价 落后 跌破 石头 泥土`), nil},
	{"poison", [][]string{look(`娃 孩子 小孩 孙 宝宝 老人 妈 爸 奶 爷 婆 他 她 我`), look(`药当糖 误吃 误食 误喝 吞了 吞下 喝了洗 喝了洁 喝了清洁 喝了消毒 喝了汽油 喝了柴油 吃了老鼠药 吃了耗子药 老鼠药吃 耗子药吃 农药喝了 洗洁精喝 吃了干燥剂 把药吃 乱吃药 吃多了药 药吃多了 喝了农`)}, look(`猪 鸡 狗 猫 牛 羊 按时 侵吞 吞了钱 独吞 并吞 私吞`), nil},
	{"fall", [][]string{look(`出不得气 出不到气 出不来气 出不了气 气上不来 气都上不来 透不过气 喘不过气 喘不上来 接不上气 心口痛得 心口疼得 心口痛的 胸口痛得 胸口疼得 胸口闷得 心绞痛 心口绞痛`)}, look(`压力 气得 房贷 笑 债 烟 味道 臭 天热`), nil},
	{"fall", [][]string{look(`我摔了 我摔倒 我跌了 我跌倒 我绊倒 我滑倒`)}, look(`一跤 路 坑 台阶 差点 后来 滑得 石板 不平 积水 没灯 黑`), nil},
	{"fall", [][]string{look(`躺 倒 睡 趴 栽`), look(`路边 路上 马路 公路 路中间 田坎 雪地 地上 沟边 门口`), look(`喝醉 醉了 醉汉 醉倒 喝多了 不动 叫不醒 没反应 老人 有个人 有人`)}, look(`树 电杆 电线杆 垃圾 倒车 狗 猫 牛 羊 堆 东西 车停 倒了一 灯 墙 牌子 睡午觉 脏水 污水 泔水 潲水 粪 水泥 建渣 渣土 乱倒 偷倒 油污 废`), nil},
	{"fall", [][]string{look(`嘴 脸 口`), look(`歪了 都歪 歪到 歪斜`), look(`说话 话 手 脚 半边 口水 动不 麻`)}, look(`去年 树 牙`), nil},
	{"fall", [][]string{look(`我 爸 妈 爷 奶 爹 娘 公 婆 老伴 他 她 娃 孩子 人 老头`), look(`吐血 咳血 呕血 咯血 便血`)}, look(`血汗 猪 鸡 狗 牛 气得 饿 累 吐血价 快吐血 去年`), nil},
	{"fall", [][]string{look(`头痛 头疼 突然 一下子 忽然`), look(`看不见 看不清 说不出 动不了 认不得人 听不见`)}, look(`看不见灯 字 路灯 电视 信号 路`), nil},
	{"hurt", [][]string{look(`架子 脚手架 楼上 楼顶 屋顶 房顶 树上 梯子 楼梯 坎上 崖 二楼 三楼 四楼 房上`), look(`摔下 掉下 跌下 滚下 栽下 坠`), look(`人 我 他 她 爸 妈 爷 奶 娃 孩子 老 公 婆 师傅`)}, look(`东西 瓦 砖 赔 工伤 去年 差点 花盆 石头 果 枣 落叶 怕 容易 水 墙皮 报销 补助 公司`), nil},
	{"hurt", [][]string{look(`手 脚 胳膊 头发 腿 指头`), look(`机器 打谷机 收割机 粉碎机 搅拌机 切草机 铡刀 电锯 皮带 齿轮`), look(`绞 轧 夹 卷 切 断 锯 压`)}, look(`赔 工伤 去年 手机器 手续 报销`), nil},
	{"help", [][]string{look(`娃 孩子 小孩 孙 细伢子 老人 婆婆`), look(`窗户外 窗外 阳台外 栏杆外 窗台上 楼顶 房顶上 屋顶上 爬到电 爬上电`)}, look(`晾 花盆 看见窗外 空调 漏`), nil},
	{"help", [][]string{look(`电梯`), look(`关了人 关着人 困了人 困着人 有人困 有人关 里面有人 里头有人 出不来`)}, look(`去年 经常`), nil},
	{"violence", [][]string{look(`要杀 要弄死 要砍 要打死 要捅 要烧死 要毒死`), look(`我 他 她 全家 妈 爸 娃 孩子 老婆 媳妇 人`)}, look(`杀猪 杀鸡 杀价 杀狗 杀虫 杀羊 杀牛 杀年猪 打死蚊 杀青 杀毒 游戏 电视 电脑 人啊`), nil},
	{"violence", [][]string{look(`偷东西 抢东西 抢钱 小偷 强盗 贼`), look(`打人 打伤 动手 拿刀 还在屋里 在屋里`)}, look(`昨天 去年 前天 上次`), nil},
	{"fall", [][]string{look(`我妈 我爸 我娘 我爹 奶奶 爷爷 老人 老伴 婆婆 公公 外婆 外公 老头子 老太`), look(`摔了 摔倒 跌了 跌倒 滑倒 绊倒 摔下`), look(`一个人 没人 刚才 刚刚 快来 快点 不能 在家 怎么办 咋办 我在外地`)}, look(`去年 医药 报销 住院 石膏 路 补助 出院 赔 扶手 台阶`), nil},
	{"violence", [][]string{look(`有人 好多人 一群人 几个人 两个人 他们 两家人 外面 门口`), look(`打架 打起来 斗殴 动刀 干架`)}, look(`小孩 猫 狗 鸡 牌 去年 视频 经常 老是 天天 总是 昨天 昨晚 游戏 赔 怎么处理`), nil},
	{"wire", [][]string{look(`电线 高压线 线 电缆`), look(`断 掉 垂 落 垮 扯`), look(`火星 冒火 火花 噼啪 带电 滋滋 吱吱响 电人 电到 有电`)}, look(`网线 电话线 流水线 毛线 鱼线 可能带电 不知道有没有电`), nil},
	{"violence", [][]string{look(`追债 讨债 要债 收债 收账 放贷 高利贷 一群人 一伙人 有人 几个人 前夫`), look(`砸门 踹门 撬门 撞门 堵在门口 堵着门 堵门 踢门`)}, look(`去年 建议 施工`), nil},
	{"violence", [][]string{look(`邻居 隔壁 楼上 楼下 他爸 她爸 他妈 她妈 后妈 继父 后爸 后爹 男人 有人 婆婆 媳妇 儿子 那家`), look(`打孩子 打娃 打小孩 打老婆 打婆娘 打媳妇 打老人 打他妈 打她妈 打他娘 虐待`), look(`天天 又 在 一直 哭 惨 叫 伤 青 血 往死 每天 经常`)}, look(`打孩子主意 作业 赔 判 咨询`), nil},
	{"violence", [][]string{look(`有人 男的 男人 老头 老师 邻居 隔壁 他 叔 伯 师傅 亲戚 陌生`), look(`摸我女 摸我孙 摸我身 摸我屁 摸我胸 摸我下 摸我大腿 摸了我女 摸了我孙 摸了我身 乱摸 动手动脚 脱我 脱我女 扒我 对我女儿做 对我孙女做`)}, look(`狗 猫 摸排`), nil},

	{"violence", [][]string{look(`有人 他们 几个人 一伙人 邻居 隔壁 那个人 有个人 陌生人`), look(`打我 在打人 要打我 砍我 追着打 掐我 按着打 拖我 抢我`)}, look(`打我电话 打我手机 打我的电话 打我家的 抢我家地 抢我生意 去年 以前 打我主意 赔 抢我的地 抢我家`), nil},

	// In English.
	{"help", [][]string{look(`help@me! help!help help!@help somebody@help please@help@me@now`)}, nil, nil},
	{"fire", [][]string{look(`fire`), look(`on is burning smoke! house help there's!`)}, look(`fireworks fired fireplace extinguisher drill campfire`), nil},
	{"fire", [][]string{look(`on@fire is@burning house@burning a@fire caught@fire smoke@coming`)}, look(`drill extinguisher`), nil},
	{"gas", [][]string{look(`gas@leak smell@gas smell@of@gas gas@smell`)}, nil, nil},
	{"flood", [][]string{look(`flooded flooding flood@water water@is@coming@into`), look(`house home village room`)}, nil, nil},
	{"missing", [][]string{look(`missing disappeared can't@find lost hasn't@come@home`), look(`child son daughter father mother grandma grandpa grandmother grandfather old@man old@woman kid boy girl`)}, look(`dog cat wallet phone cow`), nil},
	{"fall", [][]string{look(`unconscious not@breathing can't@get@up cannot@get@up won't@wake@up heart@attack collapsed passed@out fell@and bleeding`)}, look(`wall building`), nil},
	{"collapse", [][]string{look(`wall house roof building bridge`), look(`about@to@collapse collapsing is@falling going@to@fall collapsed`)}, nil, nil},
	{"violence", [][]string{look(`beating@me beats@me hit@me@again hitting@me beat@me with@a@knife has@a@knife stabbed kill@me fighting@now being@beaten`)}, nil, nil},
	{"suicide", [][]string{look(`kill@myself want@to@die end@my@life don't@want@to@live suicide end@it@all no@reason@to@live better@off@dead`)}, nil, nil},
}

// danger looks for a sign of danger in each sentence and fills r if there is one.
func (c *Classifier) danger(t words, r *Result) bool {
	if len([]rune(t.folded)) > longestAlarm {
		return false
	}
	t.folded = doNotCall.Replace(t.folded)
	formal := t.hasAny(formalWords)
	for _, s := range signs {
		if formal && !s.alwaysHeard() {
			continue
		}
		word, ok := s.in(t)
		if !ok {
			continue
		}
		r.Danger, r.Urgency, r.Source = s.danger, catalog.Emergency, "rule"
		r.Code, r.Kind = c.dangerCode(s.danger, t)
		r.Confidence, r.CodeConfidence, r.UrgencyConfidence = 0.97, 0.85, 0.97
		r.Need = true
		r.Reason = "写到“" + word + "”，是" + dangerNames[s.danger] + "，按紧急处理"
		return true
	}
	return false
}

// doNotCall takes out how people ask not to be rung or written to: "别打电话" would
// else deny what was said before it, and a call is no blow.
var doNotCall = strings.NewReplacer("别打电话来", "", "不要打电话来", "", "莫打电话来", "", "别给我打电话", "", "不要给我打电话", "", "莫给我打电话", "",
	"别打电话", "", "不要打电话", "", "莫打电话", "", "别回电话", "", "不要回电话", "", "莫回电话", "", "别回短信", "", "不要回短信", "", "莫回短信", "",
	"不要给我发短信", "", "别给我发短信", "", "不要给我发", "", "别给我发", "", "别回我", "", "不要回我", "", "别说是我说的", "", "不要说是我说的", "")

// likeDanger is from which probability words that no sign knows are taken for an
// emergency. A false alarm costs a call; it may happen to two texts in a hundred.
// Where no word says that anything is wrong, more is asked.
const likeDanger, surelyDanger = 0.2, 0.5

// sounds takes what sounds like the emergencies of the examples for one, where
// the signs found nothing.
func (c *Classifier) sounds(t words, code, a linear.Answer, r *Result) bool {
	p, least := 1-a.Of(harmless), likeDanger
	if !t.hasAny(needs) {
		least = surelyDanger
	}
	if p < least || p < code.Of(NoCode) || t.content < leastAlarm || t.hasAny(formalWords) || t.hasAny(settled) || t.hasAny(calm) || len([]rune(t.folded)) > longestAlarm {
		return false
	}
	best := ""
	for d := range dangerNames {
		if best == "" || a.Of(d) > a.Of(best) || a.Of(d) == a.Of(best) && d < best {
			best = d
		}
	}
	r.Danger, r.Urgency, r.UrgencyConfidence, r.Source = best, catalog.Emergency, p, "linear"
	r.Code, r.Kind = c.dangerCode(best, t)
	r.Confidence, r.CodeConfidence, r.Need = p, p*0.8, true
	r.Reason = "听起来像" + dangerNames[best] + "，先按紧急处理，请马上问清楚"
	return true
}

// leastAlarm: of fewer characters nothing can be heard but by a sign.
const leastAlarm = 4

// formalWords are those of letters and complaints, in which a fire or a flood is
// an argument. Talk of dying and of being beaten is heard there too.
var formalWords = look(`尊敬的 投诉 环保 开发商 无手续 交房 污染 有关部门 相关部门 业主们 扰民 恳请 补偿 采石 采砂 咨询 规划`)

func (s sign) alwaysHeard() bool { return s.danger == "suicide" || s.danger == "violence" }

// longestAlarm: nobody writes a letter of more characters while the house burns.
const longestAlarm = 160

// in looks for the sign sentence by sentence; word is what gave it away.
func (s sign) in(t words) (word string, ok bool) {
	for _, group := range s.groups {
		if !t.hasAny(group) {
			return "", false
		}
	}
	for _, sentence := range sentences(t.folded) {
		if word, at := s.found(sentence); at >= 0 && !s.denied(sentence, at+len(word)) {
			return word, true
		}
	}
	return "", false
}

// found gives the first word of the first group and where it stands, or -1.
func (s sign) found(sentence string) (word string, at int) {
	at = -1
	for g, group := range s.groups {
		w, i := firstOf(sentence, group)
		if i < 0 {
			return "", -1
		}
		if g == 0 {
			word, at = w, i
		}
	}
	return word, at
}

func (s sign) denied(sentence string, end int) bool {
	if _, i := firstOf(sentence, s.unless); i >= 0 {
		return true
	}
	if _, i := firstOf(strings.ReplaceAll(sentence[:end], "怕是", ""), calm); i >= 0 {
		return true
	}
	if s.isNear(sentence) {
		return true
	}
	if _, i := firstOf(sentence[end:], over); i >= 0 {
		return true
	}
	_, i := firstOf(sentence, settled)
	return i >= 0
}

// nearRunes is how far before the last group's word near looks.
const nearRunes = 5

func (s sign) isNear(sentence string) bool {
	if s.near == nil {
		return false
	}
	_, at := firstOf(sentence, s.groups[len(s.groups)-1])
	before := []rune(sentence[:at])
	_, i := firstOf(string(before[max(0, len(before)-nearRunes):]), s.near)
	return i >= 0
}

// firstOf finds the first of some words in a text: the one that is listed first.
func firstOf(text string, list []string) (string, int) {
	for _, w := range list {
		if i := strings.Index(text, w); i >= 0 {
			return w, i
		}
	}
	return "", -1
}

var dangerNames = map[string]string{
	"fire": "火情", "collapse": "要垮塌", "flood": "进水、洪水", "gas": "煤气泄漏", "missing": "有人走失",
	"fall": "有人倒地或急病", "hurt": "有人受伤", "violence": "正在打人", "suicide": "有轻生的话", "help": "有人求救", "wire": "电线带电",
	"water": "有人落水", "poison": "有人中毒",
}

// family are the people of one's own house.
var family = look(`男人 老公 丈夫 前夫 儿子 爸 爹 妈 娘 媳妇 女婿 婆娘 老婆 孩子 娃 婆婆 公公 老头子 当家的 家那口子 家里 他又 他打 又动手 他拿皮带 husband wife`)

// parents are those of whom a child speaks: what they beat with makes it no brawl.
var parents = look(`我爸 我妈 爸爸 妈妈 后爸 后妈 继父 老公 丈夫 我男人`)

// dangerCode says under which service an emergency is filed.
func (c *Classifier) dangerCode(danger string, t words) (string, catalog.Kind) {
	code := map[string]string{
		"fire": "V9", "collapse": "V9", "flood": "V9", "gas": "G3", "missing": "G9", "fall": "H4", "suicide": "H6", "help": "V9", "wire": "V9",
		"water": "V9", "poison": "H4",
	}[danger]
	switch {
	case danger == "collapse" && t.hasAny(look("我家 我屋 我们家 危房 屋梁 房梁 自家")) && !t.hasAny(look("院墙 围墙 山")):
		code = "G3"
	case danger == "violence" && (t.hasAny(parents) || t.hasAny(family) && !t.hasAny(look("拿棍"))) && !t.hasAny(look("邻居 隔壁 砍人 杀人 抢劫 好多人")):
		code = "H2"
	case danger == "violence":
		code = "G9"
	case t.hasAny(look("吃席 饭店 饭馆 餐馆 食堂 酒席 食物中毒 上吐下泻")) && (danger == "hurt" || danger == "fall" || danger == "poison"):
		code = "G11"
	case danger == "hurt" && t.hasAny(look("撞 车祸 翻车 轧")):
		code = "G9"
	case danger == "hurt" && t.hasAny(look("工地 厂里 车间")):
		code = "G1"
	case danger == "hurt" && t.hasAny(look("河 塘 井 溺水 落水 电 粪坑 悬崖 窖 沟 水库 水里 湖")):
		code = "V9"
	case danger == "hurt":
		code = "H4"
	}
	return code, catalog.KindOf(code)
}
