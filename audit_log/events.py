"""Event types of the trail itself."""

EVENTS = {
    "system.installed": "系统启用",
    "system.clock_started": "演示时钟启动",
    "system.clock_jumped": "演示时钟跳转",
    "system.key_rotated": "日志签名密钥更换",
    "system.vault_key_rotated": "个人信息库密钥更换",
    "system.schema_opened": "数据库结构变更",
    "system.schema_record_lost": "数据库结构变更登记缺失",
    "system.envelope_decrypted": "开启前解密封存内容",
}
