-- +goose Up
CREATE TABLE access_purpose (
    code           TEXT    NOT NULL PRIMARY KEY,
    parent         TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    name_en        TEXT    NOT NULL,
    article        TEXT    NOT NULL,
    case_required  INTEGER NOT NULL,
    procedure_code TEXT    NOT NULL,
    active         INTEGER NOT NULL
);
INSERT INTO access_purpose (code, parent, name, name_en, article, case_required, procedure_code, active) VALUES
    ('QLNN', '', 'Quản lý nhà nước', 'State management', '17.1a', 0, '', 1),
    ('DVC-TTHC', '', 'Giải quyết thủ tục hành chính, dịch vụ công', 'Administrative procedures and public services', '17.1b', 1, '', 1),
    ('CDDH', '', 'Chỉ đạo, điều hành', 'Steering and direction', '17.1c', 0, '', 1),
    ('PTDB', '', 'Phân tích, dự báo, hoạch định chính sách', 'Analysis, forecasting and policy', '17.1d', 0, '', 1),
    ('DLM', '', 'Cung cấp dữ liệu mở và dữ liệu cho tổ chức, cá nhân', 'Open data and data for organisations and individuals', '17.1đ', 0, '', 1);

-- What a grant has used in one local day, so that a restart does not give the quota anew.
CREATE TABLE access_usage (
    grant_id TEXT   NOT NULL,
    day      TEXT   NOT NULL,
    node     TEXT   NOT NULL,
    calls    BIGINT NOT NULL,
    records  BIGINT NOT NULL,
    persons  BIGINT NOT NULL,
    PRIMARY KEY (grant_id, day, node)
);
CREATE TABLE access_number (
    name TEXT   NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
